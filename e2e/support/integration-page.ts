/** What an integration's page says of it first, whatever that is. */
export const integrationSentence = /match(es)? your SIS as of|how many learners match|synced yet|got through yet|first sync/;
