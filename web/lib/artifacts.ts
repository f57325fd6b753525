/**
 * The prover's two files: circuit and proving key of Semaphore v4 at depth 20, from npm's @zk-kit/semaphore-artifacts 4.13.0.
 * Version 4.0.0 has another key and a circuit that accepts leaves outside the tree (zk-kit.circom, issue 24): never use it.
 */
export interface ProverFiles {
  readonly wasm: Uint8Array;
  readonly zkey: Uint8Array;
}

export const PROVER_FILES = {
  wasm: {
    name: 'semaphore-20.wasm',
    sha256: '6f71e55586929e520e76027ebe067daac8b41e2f4b8057313a5fd0304e1e44ee',
  },
  zkey: {
    name: 'semaphore-20.zkey',
    sha256: '33f9a067a80c7daf90e085449073613a9559a1904dd40aeb6d603afb7988c2cc',
  },
  /** The verification key, for whoever checks ballots without a chain. */
  json: {
    name: 'semaphore-20.json',
    sha256: '6fda771369c19517c8f7575cb9f1d18a8846e46baa1dc0c032bac9492c29559e',
  },
} as const;

export type ProverFileKind = keyof typeof PROVER_FILES;

class ProverFileChanged extends Error {
  override readonly name = 'ProverFileChanged';
  readonly code = 'PROVER_FILE_CHANGED';
}

/** The network or the server, not the bytes: worth trying again. */
class ProverFileMissing extends Error {
  override readonly name = 'ProverFileMissing';
  readonly code = 'PROVER_FILE_MISSING';
}

/** The bytes themselves when they are the pinned ones. Whoever serves them may lie. @throws ProverFileChanged */
export async function checkProverFile(kind: ProverFileKind, bytes: Uint8Array): Promise<Uint8Array> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)));
  const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const { name, sha256 } = PROVER_FILES[kind];
  if (found !== sha256) throw new ProverFileChanged(`${name} has SHA-256 ${found}, not ${sha256}`);
  return bytes;
}

/**
 * Fetches and checks both files. @param folder address of the folder that holds them, ending in a slash.
 * @param onProgress bytes so far, of both files.
 * @throws ProverFileChanged | ProverFileMissing
 */
export async function fetchProverFiles(
  folder: string,
  onProgress: (loadedBytes: number) => void = () => {},
): Promise<ProverFiles> {
  let loaded = 0;
  const load = async (kind: 'wasm' | 'zkey') => {
    const response = await fetch(new URL(PROVER_FILES[kind].name, folder), { credentials: 'omit' }).catch(
      (error) => {
        throw new ProverFileMissing(String(error));
      },
    );
    if (!response.ok || response.body === null)
      throw new ProverFileMissing(`${response.url}: ${response.status}`);
    const parts: Uint8Array[] = [];
    const reader = response.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      parts.push(part.value);
      loaded += part.value.length;
      onProgress(loaded);
    }
    return checkProverFile(kind, new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer()));
  };
  const [wasm, zkey] = await Promise.all([load('wasm'), load('zkey')]);
  return { wasm, zkey };
}
