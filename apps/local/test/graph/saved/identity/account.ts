import { addressesOf, FIRST_PASSWORD, PASSWORD, type Story, townsman } from './story.ts';

/** Her mail goes elsewhere, and somebody proves an address that was never proved. */
export async function changeAddress(story: Story): Promise<void> {
  const { graph, anybody, me } = story;
  const verify = async (address: string) => {
    const token = await graph.mailedCode(address);
    await anybody.send('VerifyEmail', { input: { token } });
  };
  const { now: email } = addressesOf(story);
  await me.send('ChangeEmail', { input: { email, password: FIRST_PASSWORD } });
  await verify(email);
  const [unproven] = graph.world.ofKind('CIVILIAN').slice(31);
  const unsure = await townsman(story, unproven?.handle);
  await graph.databases.sql(
    'identity',
    'UPDATE account SET email_verified_at = NULL WHERE user_id = $1',
    [unproven?.id],
  );
  await unsure.send('SendVerificationEmail');
  await verify(`${unproven?.handle}@demo.civitas.example`);
}

/** She takes another password, and somebody has forgotten theirs. */
export async function changePassword({ graph, anybody, me }: Story): Promise<void> {
  const input = { currentPassword: FIRST_PASSWORD, newPassword: PASSWORD };
  await me.send('ChangePassword', { input });
  const [forgetful] = graph.world.ofKind('MERCHANT').slice(30);
  const email = `${forgetful?.handle}@demo.civitas.example`;
  await anybody.send('RequestPasswordReset', { input: { email } });
  const token = await graph.mailedCode(email);
  await anybody.send('ResetPassword', { input: { token, newPassword: PASSWORD } });
}
