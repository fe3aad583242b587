/** Whether a URL is of the page's own origin, or without a page of that of the endpoint; `ws` counts as `http`. */
export function isOwnOrigin(url: string | URL, endpoint?: string): boolean {
  const page = globalThis.document;
  const home = page === undefined ? endpoint : globalThis.location.href;
  if (home === undefined) {
    return false;
  }
  const own = origin(new URL(home));
  // What has no origin, such as a file, is not of the same as anything.
  return own !== 'null' && own === origin(new URL(url, page?.baseURI ?? home));
}

function origin(url: URL): string {
  return url.origin.replace(/^ws/, 'http');
}
