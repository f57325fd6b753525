/** One line that shows how far a long step is; plain lines where the output is no terminal. */
const WIDTH = 30;

export interface Progress {
  add(count?: number): void;
  done(): void;
}

export function showProgress(
  label: string,
  total: number,
  out: NodeJS.WriteStream = process.stderr,
): Progress {
  let count = 0;
  let shown = -1;
  const show = (): void => {
    const share = total === 0 ? 1 : count / total;
    const tenth = Math.floor(share * 10);
    if (out.isTTY) {
      const bar = '█'.repeat(Math.floor(share * WIDTH)).padEnd(WIDTH, '░');
      out.write(`\r${label} ${bar} ${count}/${total}`);
    } else if (tenth !== shown) {
      out.write(`${label} ${count}/${total}\n`);
      shown = tenth;
    }
  };
  show();
  return {
    add(step = 1) {
      count += step;
      show();
    },
    done() {
      if (out.isTTY) out.write('\n');
    },
  };
}
