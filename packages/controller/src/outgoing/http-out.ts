/** What came of a request: what the other side said, or why it said nothing. */
export type HttpReply =
  | { readonly kind: 'answered'; readonly status: number }
  | { readonly kind: 'silent'; readonly reason: string };

export interface HttpPost {
  readonly url: string;
  /** Sent as a bearer token. */
  readonly token?: string | undefined;
  /** Further headers. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
}

/** The way out over HTTP. Redirects are not followed: what is sent carries a token. */
export interface HttpOut {
  /** Posts a JSON text. Never rejects. */
  post(request: HttpPost): Promise<HttpReply>;
}
