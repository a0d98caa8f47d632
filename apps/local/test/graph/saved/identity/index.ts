import { randomUUID } from 'node:crypto';
import type { TestProvider } from '@civitas/identity/testing';
import { expect, test } from 'vitest';
import type { TestGraph } from '../../use-graph.ts';
import { savedOperations } from '../saved-operations.ts';
import { changeAddress, changePassword } from './account.ts';
import { leave } from './leave.ts';
import { becomePartner } from './partner.ts';
import { introduce, look, meet } from './people.ts';
import { useCodes, usePasskey, useProvider } from './sign-in.ts';
import { addressesOf, FIRST_PASSWORD, type Story } from './story.ts';

async function register(
  story: Pick<Story, 'graph' | 'saved' | 'anybody' | 'name'>,
): Promise<Pick<Story, 'me' | 'id'>> {
  const { graph, saved, anybody, name } = story;
  const { first: email } = addressesOf(story);
  const profile = { merchant: { tradeName: 'Bees & Co', category: 'honey' } };
  const input = { email, password: FIRST_PASSWORD, displayName: 'Bea', handle: name, profile };
  const { registrationToken } = (await anybody.send('Register', { input })).register;
  const code = await graph.mailedCode(email);
  const { confirmRegistration } = await anybody.send('ConfirmRegistration', {
    input: { registrationToken, code },
  });
  const { user, session } = confirmRegistration;
  return { me: saved.by(graph, session.accessToken), id: user.id };
}

/** One story in which everything that is saved for people and their accounts is sent. */
export function savedIdentityTests(graph: TestGraph, provider: TestProvider): void {
  test('every operation that is saved for people does what it is for', async () => {
    const saved = savedOperations('{identity,civic}/*.graphql', '*.graphql');
    const administrator = graph.world.ofKind('CIVILIAN')[1]?.handle ?? '';
    const beginning = {
      ...{ graph, provider, saved },
      anybody: saved.by(graph),
      admin: saved.by(graph, await graph.signIn(administrator)),
      name: `b${randomUUID().replaceAll('-', '').slice(0, 15)}`,
    };
    const story: Story = { ...beginning, ...(await register(beginning)) };
    const signIns = [useCodes, usePasskey, useProvider];
    const accounts = [changeAddress, changePassword, ...signIns, becomePartner, leave];
    for (const chapter of [introduce, look, meet, ...accounts]) await chapter(story);
    expect(saved.unsent()).toEqual([]);
  });
}
