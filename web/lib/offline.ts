/** Keeps the verifier's page on the device, so that a receipt is checked with no network. */
const CACHE = 'sillok-pages';

export async function keepForOffline(): Promise<void> {
  if (!('serviceWorker' in navigator) || !isSecureContext) return;
  try {
    await navigator.serviceWorker.register('/sw.js');
    await navigator.serviceWorker.ready;
    if (location.pathname === '/verify') await keepLoaded();
  } catch {
    // Without it the pages work as long as there is a network.
  }
}

/** Everything this page has loaded so far was asked for before the worker could keep it. */
export async function keepLoaded(): Promise<void> {
  if (!('caches' in window)) return;
  const loaded = performance
    .getEntriesByType('resource')
    .map((entry) => entry.name)
    .filter((name) => name.startsWith(`${location.origin}/assets/`));
  const cache = await caches.open(CACHE);
  await Promise.allSettled([...new Set(loaded), '/', '/mark.svg'].map((url) => cache.add(url)));
}
