import Bowser from 'bowser';

type DeviceKind = 'DESKTOP' | 'MOBILE' | 'TABLET' | 'TV' | 'UNKNOWN';

const KINDS: Readonly<Record<string, DeviceKind>> = {
  desktop: 'DESKTOP',
  mobile: 'MOBILE',
  tablet: 'TABLET',
  tv: 'TV',
};

/** `Firefox 143 on Windows`, of a `User-Agent` header; null when it is none that is known. */
export function softwareOf(userAgent: string | null): string | null {
  if (userAgent === null) return null;
  const { browser, os } = Bowser.parse(userAgent);
  const [version = ''] = (browser.version ?? '').split('.', 1);
  const program = [browser.name, version].filter(Boolean).join(' ');
  return [program, os.name].filter(Boolean).join(' on ') || null;
}

const BROWSERS: ReadonlySet<string> = new Set(Object.values(Bowser.BROWSER_MAP));
const SYSTEMS: ReadonlySet<string> = new Set(Object.values(Bowser.OS_MAP));

/**
 * The same without the version, of names that Bowser itself knows: a header says whatever its sender
 * likes, and what is mailed to somebody in our name must not.
 */
export function wellKnownSoftwareOf(userAgent: string | null): string | null {
  if (userAgent === null) return null;
  const { browser, os } = Bowser.parse(userAgent);
  const program = browser.name !== undefined && BROWSERS.has(browser.name) ? browser.name : null;
  const system = os.name !== undefined && SYSTEMS.has(os.name) ? os.name : null;
  if (system === null) return program;
  return `${program ?? 'a program'} on ${system}`;
}

/** As far as a `User-Agent` header says. */
export function deviceKindOf(userAgent: string | null): DeviceKind {
  if (userAgent === null) return 'UNKNOWN';
  return KINDS[Bowser.parse(userAgent).platform.type ?? ''] ?? 'UNKNOWN';
}
