import Testing
import WebPush

@Suite struct VAPIDSubjectTests {
    @Test(arguments: ["mailto:admin@example.com", "mailto:a+b@example.com?subject=push", "https://example.com", "https://example.com:8443/contact?x#y"])
    func aContactIsTaken(_ text: String) throws {
        #expect(try VAPIDSubject(text).text == text)
    }

    @Test(arguments: [
        "", "admin@example.com", "http://example.com", "mailto:", "mailto:admin", "mailto:@example.com", "mailto:admin@",
        "mailto:mailto:admin@example.com", "mailto: admin@example.com", "mailto:<admin@example.com>", "Admin <mailto:a@example.com>",
        "mailto:admin@localhost", "https://", "https:///contact", "https://localhost", "https://localhost:8080/x", "https://LOCALHOST/",
        "https://app.localhost/", "https://user@example.com", "mailto:ädmin@example.com", "mailto:a\"b@example.com", "mailto:a@b.c\n",
    ])
    func whatApplesServiceRefusesIsRefusedHere(_ text: String) {
        #expect(refusal { try VAPIDSubject(text) } == .subjectInvalid)
    }
}
