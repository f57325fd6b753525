// A witness and a client of witnesses that are not ours (transparency.dev), for the two sides of c2sp.org/tlog-witness:
//
//	witness serve LOG_VKEY NAME                                 prints VKEY and URL, and cosigns in memory
//	witness ask URL LOG_VKEY WITNESS_VKEY CHECKPOINT OLD PROOF  asks for a cosignature; PROOF is a file of base64 lines
//
// `ask` first names a wrong old size, and expects to be told the right one. Any difference is one line on stderr and exit code 1.
package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"

	f_note "github.com/transparency-dev/formats/note"
	client "github.com/transparency-dev/witness/client/http"
	"github.com/transparency-dev/witness/persistence/inmemory"
	"github.com/transparency-dev/witness/witness"
	"golang.org/x/mod/sumdb/note"
)

func main() {
	var err error
	switch {
	case len(os.Args) == 4 && os.Args[1] == "serve":
		err = serve(os.Args[2], os.Args[3])
	case len(os.Args) == 8 && os.Args[1] == "ask":
		err = ask(os.Args[2], os.Args[3], os.Args[4], os.Args[5], os.Args[6], os.Args[7])
	default:
		err = errors.New("usage: serve LOG_VKEY NAME | ask URL LOG_VKEY WITNESS_VKEY CHECKPOINT OLD PROOF")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(logKey, name string) error {
	log, err := note.NewVerifier(logKey)
	if err != nil {
		return err
	}
	secret, public, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		return err
	}
	signer, err := f_note.NewSignerForCosignatureV1(secret)
	if err != nil {
		return err
	}
	w, err := witness.New(context.Background(), witness.Opts{
		Persistence: inmemory.New(),
		Signers:     []note.Signer{signer},
		VerifierForLog: func(_ context.Context, origin string) (note.Verifier, bool, error) {
			return log, origin == log.Name(), nil
		},
	})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	key, err := f_note.VKeyToCosignatureV1(public)
	if err != nil {
		return err
	}
	fmt.Printf("%s http://%s\n", key, listener.Addr())
	mux := http.NewServeMux()
	mux.HandleFunc("POST /add-checkpoint", witness.NewHTTPHandler(w).AddCheckpoint)
	return http.Serve(listener, mux)
}

func ask(address, logKey, witnessKey, checkpointFile, oldSize, proofFile string) error {
	log, err := note.NewVerifier(logKey)
	if err != nil {
		return err
	}
	cosigner, err := f_note.NewVerifierForCosignatureV1(witnessKey)
	if err != nil {
		return err
	}
	at, err := url.Parse(address)
	if err != nil {
		return err
	}
	checkpoint, err := os.ReadFile(checkpointFile)
	if err != nil {
		return err
	}
	old, err := strconv.ParseUint(oldSize, 10, 64)
	if err != nil {
		return err
	}
	proof, err := readProof(proofFile)
	if err != nil {
		return err
	}
	witnesses := client.NewWitness(at, http.DefaultClient)
	ctx := context.Background()
	if _, told, err := witnesses.Update(ctx, old+1, checkpoint, proof); !errors.Is(err, witness.ErrCheckpointStale) || told != old {
		return fmt.Errorf("a wrong old size is answered with %d and %v", told, err)
	}
	lines, _, err := witnesses.Update(ctx, old, checkpoint, proof)
	if err != nil {
		return err
	}
	signed, err := note.Open(append(checkpoint, lines...), note.VerifierList(log, cosigner))
	if err != nil {
		return err
	}
	if len(signed.Sigs) != 2 || signed.Sigs[1].Name != cosigner.Name() {
		return fmt.Errorf("signatures %v", signed.Sigs)
	}
	time, err := f_note.CoSigV1Timestamp(signed.Sigs[1])
	if err != nil {
		return err
	}
	fmt.Printf("cosigned by %s at %d\n", cosigner.Name(), time.Unix())
	// What it signed last is now this size: the same once more is no step back.
	if _, _, err := witnesses.Update(ctx, sizeOf(checkpoint), checkpoint, nil); err != nil {
		return fmt.Errorf("the same checkpoint again: %w", err)
	}
	if _, _, err := witnesses.Update(ctx, old, []byte(strings.Replace(string(checkpoint), log.Name(), "other.example/log", 1)), proof); !errors.Is(err, witness.ErrUnknownLog) {
		return fmt.Errorf("another log is answered with %v", err)
	}
	return nil
}

func readProof(file string) ([][]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var proof [][]byte
	for _, line := range strings.Fields(string(text)) {
		hash, err := base64.StdEncoding.DecodeString(line)
		if err != nil {
			return nil, err
		}
		proof = append(proof, hash)
	}
	return proof, nil
}

func sizeOf(checkpoint []byte) uint64 {
	size, _ := strconv.ParseUint(strings.Split(string(checkpoint), "\n")[1], 10, 64)
	return size
}
