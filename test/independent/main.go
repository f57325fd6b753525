// Checks a log directory and receipts with the implementations that Go's checksum database and transparency.dev use:
// nothing of Sillok's own code takes part.
//
//	go run . LOG_FOLDER LOG_VKEY WITNESS_VKEY[,WITNESS_VKEY…] PROOF_FILE…
//
// Every proof's leaf is its `extra` line. Any difference is one line on stderr and exit code 1.
package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	tdlog "github.com/transparency-dev/formats/log"
	tdnote "github.com/transparency-dev/formats/note"
	tdproof "github.com/transparency-dev/formats/proof"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

type trust struct {
	log       note.Verifier
	witnesses []note.Verifier
}

func main() {
	if len(os.Args) < 4 {
		fail(errors.New("usage: LOG_FOLDER LOG_VKEY WITNESS_VKEYS PROOF_FILE…"))
	}
	keys, err := parseTrust(os.Args[2], os.Args[3])
	if err != nil {
		fail(err)
	}
	entries, tiles, err := checkLog(os.Args[1], keys)
	if err != nil {
		fail(err)
	}
	for _, file := range os.Args[4:] {
		if err := checkProof(file, keys); err != nil {
			fail(fmt.Errorf("%s: %w", file, err))
		}
	}
	fmt.Printf("entries %d tiles %d proofs %d\n", entries, tiles, len(os.Args)-4)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func parseTrust(logKey, witnessKeys string) (trust, error) {
	log, err := note.NewVerifier(logKey)
	if err != nil {
		return trust{}, fmt.Errorf("log key: %w", err)
	}
	keys := trust{log: log}
	for _, key := range strings.Split(witnessKeys, ",") {
		witness, err := tdnote.NewVerifierForCosignatureV1(key)
		if err != nil {
			return trust{}, fmt.Errorf("witness key: %w", err)
		}
		keys.witnesses = append(keys.witnesses, witness)
	}
	return keys, nil
}

// checkCheckpoint demands the log's signature and every witness's.
func checkCheckpoint(text []byte, keys trust) (tlog.Tree, error) {
	checkpoint, rest, signed, err := tdlog.ParseCheckpoint(text, keys.log.Name(), keys.log, keys.witnesses...)
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("checkpoint: %w", err)
	}
	if len(rest) > 0 {
		return tlog.Tree{}, fmt.Errorf("checkpoint: extension lines %q", rest)
	}
	if got, want := len(signed.Sigs), 1+len(keys.witnesses); got != want {
		return tlog.Tree{}, fmt.Errorf("checkpoint: %d signatures verify, want %d", got, want)
	}
	tree := tlog.Tree{N: int64(checkpoint.Size)}
	if copy(tree.Hash[:], checkpoint.Hash) != tlog.HashSize {
		return tlog.Tree{}, errors.New("checkpoint: root of another length")
	}
	return tree, nil
}

// checkLog computes the tree again from the entry bundles and compares root and every tile file with it.
func checkLog(folder string, keys trust) (entries, tiles int, err error) {
	text, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	if err != nil {
		return 0, 0, err
	}
	tree, err := checkCheckpoint(text, keys)
	if err != nil {
		return 0, 0, err
	}
	records, err := readEntries(folder, tree.N)
	if err != nil {
		return 0, 0, err
	}
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			hashes[i] = stored[index]
		}
		return hashes, nil
	})
	for n, record := range records {
		hashes, err := tlog.StoredHashes(int64(n), record, reader)
		if err != nil {
			return 0, 0, err
		}
		stored = append(stored, hashes...)
	}
	root, err := tlog.TreeHash(tree.N, reader)
	if err != nil {
		return 0, 0, err
	}
	if root != tree.Hash {
		return 0, 0, fmt.Errorf("root of the entries is %v, checkpoint says %v", root, tree.Hash)
	}
	for _, tile := range tlog.NewTiles(tileHeight, 0, tree.N) {
		want, err := tlog.ReadTileData(tile, reader)
		if err != nil {
			return 0, 0, err
		}
		got, err := os.ReadFile(filepath.Join(folder, tilePath(strconv.Itoa(tile.L), tile.N, tile.W)))
		if err != nil {
			return 0, 0, err
		}
		if !bytes.Equal(got, want) {
			return 0, 0, fmt.Errorf("tile %+v differs from the entries", tile)
		}
		tiles++
	}
	return len(records), tiles, checkAsClient(folder, tree, records)
}

// checkAsClient reads our tiles as a client of Go's checksum database does, and proves some entries with them.
func checkAsClient(folder string, tree tlog.Tree, records [][]byte) error {
	reader := tlog.TileHashReader(tree, tileFiles{folder})
	for n := int64(0); n < tree.N; n += 1 + tree.N/50 {
		record, err := tlog.ProveRecord(tree.N, n, reader)
		if err != nil {
			return fmt.Errorf("proving entry %d from the tiles: %w", n, err)
		}
		if err := tlog.CheckRecord(record, tree.N, tree.Hash, n, tlog.RecordHash(records[n])); err != nil {
			return fmt.Errorf("entry %d: %w", n, err)
		}
	}
	return nil
}

type tileFiles struct{ folder string }

func (tileFiles) Height() int { return tileHeight }

func (t tileFiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		var err error
		if data[i], err = os.ReadFile(filepath.Join(t.folder, tilePath(strconv.Itoa(tile.L), tile.N, tile.W))); err != nil {
			return nil, err
		}
	}
	return data, nil
}

func (tileFiles) SaveTiles([]tlog.Tile, [][]byte) {}

// readEntries reads the bundles of c2sp.org/tlog-tiles: entries with 16-bit lengths, 256 in a full bundle.
func readEntries(folder string, size int64) ([][]byte, error) {
	var entries [][]byte
	for n := int64(0); n*256 < size; n++ {
		width := min(256, size-n*256)
		bundle, err := os.ReadFile(filepath.Join(folder, tilePath("entries", n, int(width))))
		if err != nil {
			return nil, err
		}
		for i := int64(0); i < width; i++ {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				return nil, fmt.Errorf("bundle %d is cut at entry %d", n, i)
			}
			length := int(binary.BigEndian.Uint16(bundle))
			entries = append(entries, bundle[2:2+length])
			bundle = bundle[2+length:]
		}
		if len(bundle) > 0 {
			return nil, fmt.Errorf("bundle %d has bytes behind its entries", n)
		}
	}
	return entries, nil
}

// tilePath is the path of c2sp.org/tlog-tiles, which is that of the checksum database without the height.
func tilePath(level string, n int64, width int) string {
	path := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		path = fmt.Sprintf("x%03d/%s", n%1000, path)
	}
	path = "tile/" + level + "/" + path
	if width != 256 {
		path += fmt.Sprintf(".p/%d", width)
	}
	return path
}

// checkProof checks a receipt with two implementations of the inclusion proof.
func checkProof(file string, keys trust) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var receipt tdproof.TLogProof
	if err := receipt.Unmarshal(text); err != nil {
		return err
	}
	tree, err := checkCheckpoint(receipt.Checkpoint, keys)
	if err != nil {
		return err
	}
	leaf := tlog.RecordHash(receipt.ExtraData)
	var record tlog.RecordProof
	var path [][]byte
	for _, hash := range receipt.Hashes {
		record = append(record, hash)
		path = append(path, hash[:])
	}
	if err := tlog.CheckRecord(record, tree.N, tree.Hash, int64(receipt.Index), leaf); err != nil {
		return err
	}
	if err := proof.VerifyInclusion(rfc6962.DefaultHasher, receipt.Index, uint64(tree.N), leaf[:], path, tree.Hash[:]); err != nil {
		return err
	}
	// One text for one receipt: what this parser understood, written again, is the file.
	if !bytes.Equal(receipt.Marshal(), text) {
		return errors.New("the proof is not in its canonical form")
	}
	return nil
}
