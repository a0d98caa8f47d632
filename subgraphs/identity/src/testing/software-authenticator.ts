import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** What a page hands to the browser and gets back, as JSON. */
export interface CreationOptions {
  readonly rp: { readonly id?: string };
  readonly user: { readonly id: string };
  readonly challenge: string;
}

export interface RequestOptions {
  readonly rpId?: string;
  readonly challenge: string;
}

/** What may be wrong with an answer. */
export interface Flaws {
  readonly origin?: string;
  readonly rpId?: string;
  readonly type?: string;
  readonly userVerified?: boolean;
  /** Another person's key over the same bytes. */
  readonly signedBy?: KeyObject;
  readonly userHandle?: string;
}

/** An authenticator in software: one ES256 key pair, real CBOR, real signatures. */
export interface SoftwareAuthenticator {
  readonly credentialId: string;
  readonly privateKey: KeyObject;
  counter: number;
  create(options: CreationOptions, flaws?: Flaws): object;
  get(options: RequestOptions, flaws?: Flaws): object;
}

const ORIGIN = 'https://app.civitas.test';
/** WebAuthn §6.1: user present, user verified, attested credential data. */
const [PRESENT, VERIFIED, ATTESTED] = [0x01, 0x04, 0x40];

/** @param counts false for one whose counter stays 0, as those of synchronised passkeys do. */
export function softwareAuthenticator(counts = true): SoftwareAuthenticator {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rawId = randomBytes(32);
  const id = rawId.toString('base64url');
  let userHandle = '';

  const authenticatorData = (rpId: string, flags: number, counter: number, attested?: Buffer) => {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    const head = Buffer.concat([sha256(rpId), Buffer.from([flags]), count]);
    return Buffer.concat([head, attested ?? Buffer.alloc(0)]);
  };
  const clientData = (type: string, challenge: string, origin: string) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  const envelope = { id, rawId: id, type: 'public-key', clientExtensionResults: {} };
  const flagsOf = ({ userVerified = true }: Flaws) => PRESENT | (userVerified ? VERIFIED : 0);

  const authenticator: SoftwareAuthenticator = {
    credentialId: id,
    privateKey,
    counter: 0,
    create: ({ rp, user, challenge }, flaws = {}) => {
      userHandle = user.id;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(rawId.length);
      const attested = Buffer.concat([Buffer.alloc(16), length, rawId, coseKey(publicKey)]);
      const flags = flagsOf(flaws) | ATTESTED;
      const authData = authenticatorData(flaws.rpId ?? rp.id ?? '', flags, 0, attested);
      const attestation = cborMap([
        [cborText('fmt'), cborText('none')],
        [cborText('attStmt'), cborMap([])],
        [cborText('authData'), cborBytes(authData)],
      ]);
      const client = clientData(flaws.type ?? 'webauthn.create', challenge, flaws.origin ?? ORIGIN);
      return {
        ...envelope,
        response: {
          clientDataJSON: client.toString('base64url'),
          attestationObject: attestation.toString('base64url'),
          transports: ['internal', 'hybrid'],
        },
      };
    },
    get: ({ rpId = '', challenge }, flaws = {}) => {
      if (counts) authenticator.counter += 1;
      const data = authenticatorData(flaws.rpId ?? rpId, flagsOf(flaws), authenticator.counter);
      const client = clientData(flaws.type ?? 'webauthn.get', challenge, flaws.origin ?? ORIGIN);
      const signed = Buffer.concat([data, sha256(client)]);
      return {
        ...envelope,
        response: {
          clientDataJSON: client.toString('base64url'),
          authenticatorData: data.toString('base64url'),
          signature: sign('sha256', signed, flaws.signedBy ?? privateKey).toString('base64url'),
          userHandle: flaws.userHandle ?? userHandle,
        },
      };
    },
  };
  return authenticator;
}

function sha256(data: string | Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}

/** RFC 9053 §7.1: kty EC2, alg ES256, crv P-256, x, y. */
function coseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' });
  return cborMap([
    [cborInt(1), cborInt(2)],
    [cborInt(3), cborInt(-7)],
    [cborInt(-1), cborInt(1)],
    [cborInt(-2), cborBytes(Buffer.from(x, 'base64url'))],
    [cborInt(-3), cborBytes(Buffer.from(y, 'base64url'))],
  ]);
}

// RFC 8949 §3: the major type in the upper three bits, then the value or length.
function cborHead(majorType: number, value: number): Buffer {
  if (value < 24) return Buffer.from([(majorType << 5) | value]);
  if (value < 256) return Buffer.from([(majorType << 5) | 24, value]);
  return Buffer.from([(majorType << 5) | 25, value >> 8, value & 0xff]);
}

const cborInt = (value: number) => (value < 0 ? cborHead(1, -1 - value) : cborHead(0, value));
const cborBytes = (value: Buffer) => Buffer.concat([cborHead(2, value.length), value]);
const cborText = (value: string) => Buffer.concat([cborHead(3, value.length), Buffer.from(value)]);
const cborMap = (entries: readonly (readonly [Buffer, Buffer])[]) =>
  Buffer.concat([cborHead(5, entries.length), ...entries.flat()]);
