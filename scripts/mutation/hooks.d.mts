export declare function switched(
  name: string,
  text: string,
): { readonly sites: readonly string[]; readonly text: string };
