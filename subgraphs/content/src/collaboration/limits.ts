/** People with a role or an invitation in one subject: live editing compares all of them every second. */
export const MAX_COLLABORATORS = 200;
/** Links of one subject that hold at a time. */
export const MAX_SHARE_LINKS = 20;
/** Invitations that one person is shown. */
export const MAX_INVITATIONS = 100;
/** `subject_member.source` of who was invited; of who came by a link it is the link's id. */
export const INVITATION = 'invitation';
