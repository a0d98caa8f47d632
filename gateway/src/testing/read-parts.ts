/** The JSON of every part of a finished multipart answer, as RFC 2046 delimits them. */
export async function readParts(response: Response, boundary: string): Promise<unknown[]> {
  const text = await response.text();
  const [preamble, ...rest] = text.split(`\r\n--${boundary}`);
  const last = rest.pop();
  if (preamble !== '' || last !== '--\r\n') throw new Error(`Not a whole answer: ${text}`);
  return rest.map((part) => {
    const [head = '', body = ''] = part.split('\r\n\r\n');
    if (!head.includes('application/json')) throw new Error(`Not a JSON part: ${part}`);
    return JSON.parse(body);
  });
}
