/** A wait that says what is being done. */
export function Busy({ what }: { what: string }) {
  return (
    <div class="busy" role="status">
      <span class="krds-spinner" aria-hidden="true" />
      <span>{what}</span>
    </div>
  );
}

export function Progress({ what, done, of }: { what: string; done: number; of: number }) {
  const share = of === 0 ? 0 : Math.min(100, Math.round((100 * done) / of));
  return (
    <div class="progress">
      <p role="status">
        {what} <strong>{share}%</strong>
      </p>
      <progress max={of} value={done} aria-label={what} />
    </div>
  );
}
