import { expect, test } from 'vitest';
import { booleanFlag, ConfigError, port, readConfig, secret } from './index.ts';

test('values are coerced and defaults apply to absent and to empty variables', () => {
  const config = readConfig(
    { PORT: port.default(4000), HOST: port.default(1), TRACE: booleanFlag.default(false) },
    { PORT: '8080', HOST: '', TRACE: 'true' },
  );
  expect(config).toEqual({ PORT: 8080, HOST: 1, TRACE: true });
});

test('every offending variable is named in one line and no value is shown', () => {
  const read = () => readConfig({ PORT: port, KEY: secret }, { PORT: '70000', KEY: 'hunter2' });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(/PORT: .*; KEY: /);
  expect(read).not.toThrow(/hunter2|70000/);
});
