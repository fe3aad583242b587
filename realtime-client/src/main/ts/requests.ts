import type { Realtime } from './client.js';

/** Tells the server which connection a request belongs to, so that it can publish to the others. */
export const CONNECTION_HEADER = 'X-Realtime-Connection';

/** What `axios` itself takes for absolute; everything else is relative to `baseURL`. */
const ABSOLUTE = /^([a-z][a-z\d+\-.]*:)?\/\//i;

/** What of the configuration of a request of axios matters. */
export interface AxiosRequest {
  readonly url?: string | undefined;
  readonly baseURL?: string | undefined;
  readonly allowAbsoluteUrls?: boolean | undefined;
  readonly headers: { set(name: string, value: string): unknown };
}

/** `axios.interceptors.request.use(axiosInterceptor(realtime))` does for axios what `realtime.fetch` does. */
export function axiosInterceptor(realtime: Realtime): <C extends AxiosRequest>(config: C) => C {
  return (config) => {
    const { url = '', baseURL = '', allowAbsoluteUrls = true } = config;
    const target = baseURL === '' || (allowAbsoluteUrls && ABSOLUTE.test(url)) ? url : baseURL;
    for (const [name, value] of Object.entries(realtime.headers(target))) {
      config.headers.set(name, value);
    }
    return config;
  };
}
