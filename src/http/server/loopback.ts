const local = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d{1,5})?$/;
/** Whether a host, with its port or without, is this machine's own: nobody is on the way there. */
export const isLoopback = (host: string): boolean => local.test(host);
