// The QR code of a paper copy opens this page with its code behind "#", which never
// reaches a server's log; it is put into the form here.
const field = document.getElementById("id_code");
if (field && !field.value && location.hash.length > 1) {
  field.value = decodeURIComponent(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
}
