package letter

import "testing"

// A language is told among those that are spoken, and rather not at all than wrongly.
func TestLanguage(t *testing.T) {
	four := []string{"en", "de", "fr", "pt"}
	tests := []struct {
		rule, text string
		among      []string
		want       string
	}{
		{"English", "Hello, I would like to cancel my order because it has not arrived yet.", four, "en"},
		{"German", "Guten Tag, ich möchte meine Bestellung stornieren, weil sie noch nicht angekommen ist.", four, "de"},
		{"French", "Bonjour, je voudrais annuler ma commande parce qu'elle n'est pas encore arrivée.", four, "fr"},
		{"Portuguese", "Bom dia, gostaria de cancelar a minha encomenda porque ainda não chegou.", four, "pt"},
		{"the quoted message does not count", "Merci beaucoup pour votre réponse, c'est très gentil.\n\n> We would like to inform you that your order has been shipped today.\n> Kind regards", four, "fr"},
		{"the signature does not count", "Vielen Dank für die schnelle Hilfe, es funktioniert jetzt wieder.\n-- \nSent from my mobile phone, please excuse the brevity of this message", four, "de"},
		{"too little to tell", "Ok, danke", four, ""},
		{"no letters", "1234567890 1234567890 https://example.com/a/b/c/d/e/f/g/h", four, ""},
		{"nothing to choose from", "Hello, I would like to cancel my order.", nil, ""},
		{"a country is no matter", "Guten Tag, ich möchte meine Bestellung stornieren.", []string{"de-AT", "en-GB"}, "de-AT"},
		{"the only language, and it is that", "Guten Tag, ich möchte meine Bestellung stornieren, weil sie noch nicht angekommen ist.", []string{"de"}, "de"},
		{"the only language, and it is another", "Hello, I would like to cancel my order because it has not arrived yet.", []string{"de"}, ""},
		{"a short sentence", "Bonjour, je voudrais annuler ma commande", four, "fr"},
		{"a short question", "Wo ist mein Paket geblieben?", four, "de"},
		{"a short complaint", "Invoice number 4711 is wrong and I will not pay", four, "en"},
		{"Spanish is no Portuguese", "Buenos días, quisiera cancelar mi pedido porque todavía no ha llegado.", four, ""},
		{"Italian is no French", "Buongiorno, vorrei annullare il mio ordine perché non è ancora arrivato.", four, ""},
		{"Dutch is no German", "Goedendag, ik wil mijn bestelling annuleren omdat deze nog niet is aangekomen.", four, ""},
		{"Swedish is no German", "Hej, jag skulle vilja avbeställa min order eftersom den inte har kommit.", four, ""},
		{"Polish is no Portuguese", "Dzień dobry, chciałbym anulować moje zamówienie, ponieważ jeszcze nie dotarło.", four, ""},
		{"Turkish is no German", "Merhaba, siparişimi iptal etmek istiyorum çünkü henüz gelmedi.", four, ""},
		{"none of those spoken", "Здравствуйте, я хотел бы отменить свой заказ, потому что он ещё не пришёл.", four, ""},
	}
	for _, tt := range tests {
		if got := Language(tt.text, tt.among); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.rule, got, tt.want)
		}
	}
}
