// What happens to the rows that name somebody, where it is not the rule, and why. The rule: they are in the
// export of their data, and no row names them once they are erased.

const COUNTED = 'counted from rows that are exported';
const SECRET = 'lives for minutes and holds nothing but the hash of a secret';
const OF_OTHERS = 'is about somebody else, in whose export it is';

/** Of these the export says nothing. */
export const NOT_EXPORTED: Readonly<Record<string, string>> = {
  'content.certificate.author_id': OF_OTHERS,
  'content.subject.forked_from_author_id': OF_OTHERS,
  'content.topic_client.user_id': 'a number by which an editor tells keystrokes apart',
  'finance.donation_total.family_id': COUNTED,
  'finance.entry.initiator': 'without a note it says what the movements say',
  'finance.party.id': 'says what the profile says',
  'identity.acquaintance.officer_id': COUNTED,
  'identity.encounter_dispute.answered_by_id': OF_OTHERS,
  'identity.one_time_token.user_id': SECRET,
  'identity.passkey_challenge.user_id': SECRET,
  'identity.pending_mail.user_id': 'is about to arrive in their mail',
  'identity.recovery_code.user_id': 'holds nothing but the hash of a secret',
  'identity.security_event.actor_id': OF_OTHERS,
  'identity.sign_in_challenge.user_id': SECRET,
  'identity.totp_authenticator.user_id':
    'exported as when it was confirmed, which this one never was',
  'identity.verification_request.decided_by_id': OF_OTHERS,
  'marketplace.merchant_sales.merchant_id': COUNTED,
};

const THREAD = 'what they wrote has lost its words; what others answered hangs on it';
const DEED = 'says who did something to what is of others, and nothing else of them';
const BOOKS = 'the books and what others bought, sold and gave stay true';
const MET = 'officers and oversight keep that there was a meeting, without its words and place';

/** Here the id stays as a pseudonym: nobody has anything left that says whose it was. */
export const KEPT_IDS: Readonly<Record<string, string>> = {
  'communities.comment.author_id': THREAD,
  'communities.comment.deleted_by_id': DEED,
  'communities.membership.user_id': 'a founder’s alone: a community has a founder',
  'communities.post.author_id': THREAD,
  'communities.post.deleted_by_id': DEED,
  'content.certificate.author_id': 'a certificate that somebody else has earned',
  'content.subject.forked_from_author_id':
    'what others made of a published version names its author',
  'content.subject_version.created_by': DEED,
  'content.topic_client.user_id': DEED,
  'content.topic_comment.author_id': THREAD,
  'content.topic_comment.resolved_by': DEED,
  'content.topic_revision.author_ids': DEED,
  'finance.account.owner_id': BOOKS,
  'finance.donation.donor_id': BOOKS,
  'finance.donation.family_id': BOOKS,
  'finance.donation_total.family_id': BOOKS,
  'finance.entry.initiator': BOOKS,
  'finance.party.id': BOOKS,
  'identity.acquaintance.civilian_id': MET,
  'identity.acquaintance.officer_id': MET,
  'identity.data_request.user_id': 'the proof that the request was carried out',
  'identity.encounter.civilian_id': MET,
  'identity.encounter.officer_id': MET,
  'identity.encounter_dispute.answered_by_id': DEED,
  'identity.former_handle.user_id': 'their handles are nobody’s for a year',
  'identity.security_event.actor_id': DEED,
  'identity.security_event.user_id': 'what happened to the account, without its words',
  'identity.verification_request.decided_by_id': DEED,
  'marketplace.listing.merchant_id': BOOKS,
  'marketplace.merchant_sales.merchant_id': BOOKS,
  'marketplace.order.buyer_id': BOOKS,
  'marketplace.order.merchant_id': BOOKS,
};
