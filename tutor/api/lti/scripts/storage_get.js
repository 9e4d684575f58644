// What the platform's frame kept for us comes back, and goes to the server with the launch.
const data = JSON.parse(document.getElementById("data").textContent);
const form = document.getElementById("launch");
const id = crypto.randomUUID();
const opener = window.parent !== window ? window.parent : window.opener;
const frame = data.target === "_parent" ? opener : opener?.frames?.[data.target];
const giveUp = () => { document.getElementById("blocked").hidden = false; };

const timer = setTimeout(giveUp, 1500);
addEventListener("message", (event) => {
  if (event.origin !== data.origin || event.data?.message_id !== id) return;
  clearTimeout(timer);
  if (typeof event.data.value !== "string") return giveUp();
  form.elements.binding.value = event.data.value;
  form.submit();
});
frame?.postMessage({ subject: "lti.get_data", message_id: id, key: data.key }, data.origin);
if (!frame) giveUp();
