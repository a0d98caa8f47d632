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

/** As far as a `User-Agent` header says. */
export function deviceKindOf(userAgent: string | null): DeviceKind {
  if (userAgent === null) return 'UNKNOWN';
  return KINDS[Bowser.parse(userAgent).platform.type ?? ''] ?? 'UNKNOWN';
}
