import type { Realtime } from './client.js';

/** Tells the server which connection a request belongs to, so that it can publish to the others. */
export const CONNECTION_HEADER = 'X-Realtime-Connection';

/** Whether a request goes where the page came from, or without a page where the connection goes. */
export function isOwnOrigin(url: string | URL, endpoint: string): boolean {
  const home = globalThis.document?.baseURI ?? endpoint.replace(/^ws/, 'http');
  return new URL(url, home).host === new URL(home).host;
}

/** What of the configuration of a request of axios matters. */
export interface AxiosRequest {
  readonly url?: string | undefined;
  readonly baseURL?: string | undefined;
  readonly headers: { set(name: string, value: string): unknown };
}

/** `axios.interceptors.request.use(axiosInterceptor(realtime))` does for axios what `realtime.fetch` does. */
export function axiosInterceptor(realtime: Realtime): <C extends AxiosRequest>(config: C) => C {
  return (config) => {
    const { url = '', baseURL = '' } = config;
    // Where both are given the host is that of the first that has one.
    const target = URL.canParse(url) || url.startsWith('//') ? url : baseURL || url;
    for (const [name, value] of Object.entries(realtime.headers(target))) {
      config.headers.set(name, value);
    }
    return config;
  };
}
