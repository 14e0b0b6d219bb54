/** A payload as Toy sends it: what its documentation shows, with a file. */
export const said = {
  id: "e1",
  type: "said",
  team: "T1",
  at: 1_767_225_600,
  room: { id: "R1", name: "lobby" },
  by: { id: "U1", name: "Ada" },
  note: { id: "N1", text: "Hello **@bot**", files: [{ id: "F1", name: "a.txt", type: "text/plain", size: 4 }] },
};

/** Who we are in the team of that payload. */
export const identity = { user: { id: "B1", kind: "bot", self: true, handle: "bot" } } as const;
