/** A document with the tag of its version: sent back with a change, it keeps one from overwriting what somebody else did. */

import { answer } from "./client";

export interface Tagged<Data> {
  data: Data;
  /** The header `If-Match` of a change. */
  header: { "if-match"?: string };
}

interface Answered<Data> {
  data?: Data | undefined;
  error?: unknown;
  response: Response;
}

/** Throws Problem. */
export async function tagged<Data>(asked: Promise<Answered<Data>>): Promise<Tagged<Data>> {
  const answered = await asked;
  const data = await answer(Promise.resolve(answered));
  const tag = answered.response.headers.get("etag");
  return { data, header: tag === null ? {} : { "if-match": tag } };
}
