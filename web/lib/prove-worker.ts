/** Web worker: proves ballots away from the page's own thread, so that it stays usable meanwhile. */
import { fetchProverFiles, type ProverFiles } from './artifacts.ts';
import { type BallotOrder, type ProvenBallot, proveBallot } from './prove.ts';

export interface ProveRequest {
  /** Address of the folder of the prover's files, ending in a slash. */
  readonly folder: string;
  /** Absent: only load and check the files, ahead of need. */
  readonly order?: BallotOrder;
}

export type ProveAnswer =
  | { readonly kind: 'loading'; readonly loadedBytes: number }
  | { readonly kind: 'ready' }
  | { readonly kind: 'proving' }
  | { readonly kind: 'proven'; readonly ballot: ProvenBallot }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

let files: ProverFiles | undefined;

self.onmessage = async ({ data }: MessageEvent<ProveRequest>) => {
  const answer = (message: ProveAnswer) => self.postMessage(message);
  try {
    files ??= await fetchProverFiles(data.folder, (loadedBytes) => answer({ kind: 'loading', loadedBytes }));
    if (data.order === undefined) return answer({ kind: 'ready' });
    answer({ kind: 'proving' });
    answer({ kind: 'proven', ballot: await proveBallot(data.order, files) });
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    answer({ kind: 'failed', code: code ?? 'PROOF_FAILED', message });
  }
};
