export { createClients, type Clients } from "./clients.ts";
export { callback, deferLater, giveBack, takeFirst, takeTurn, type Turn } from "./interaction.ts";
export { openFile, openUrl } from "./open.ts";
