import Foundation
import PushUserAgent
import Testing

@testable import herald

struct ListenLineTests {
    @Test func aPushHasItsNotificationAtTheTop() {
        let payload = """
            {"web_push":8030,"id":"p1","notification":{"title":"Ärger","body":"a\\nb","navigate":"https://x.example/?a=b",
            "tag":"t","data":{"n":12345678901234567,"x":1.5}}}
            """
        #expect(
            line(payload)
                == #"{"received_at":"2027-01-15T08:00:00.250Z","id":"p1","title":"Ärger","body":"a\nb","url":"https://x.example/?a=b","tag":"t","data":{"n":12345678901234567,"x":1.5},"version":"v1"}"#)
    }

    @Test func noFieldOfAPushPassesForOneOfOurs() {
        let payload = #"{"web_push":8030,"notification":{"title":"t","received_at":"never","version":"no"}}"#
        #expect(line(payload) == #"{"received_at":"2027-01-15T08:00:00.250Z","title":"t","version":"v1"}"#)
    }

    @Test(arguments: [
        ("{\n \"a\": [1, null, true]\n}", #""message":{"a":[1,null,true]},"#),
        (#"{"web_push":8030}"#, #""message":{"web_push":8030},"#),
        ("7", #""message":7,"#),
        ("plain \"text\"\r\nof two lines", #""text":"plain \"text\"\r\nof two lines","#),
        ("{half", #""text":"{half","#),
        ("", ""),
    ])
    func otherMessagesAreOneLineToo(payload: String, content: String) {
        #expect(line(payload) == #"{"received_at":"2027-01-15T08:00:00.250Z",\#(content)"version":"v1"}"#)
    }

    @Test func bytesThatAreNoTextAreBase64() {
        let message = ReceivedMessage(version: "v\"1", content: .decrypted([0xFF, 0xFE]), receivedAt: date)
        #expect(
            ListenLine(message).text == #"{"received_at":"2027-01-15T08:00:00.250Z","base64":"//4=","version":"v\"1"}"#)
    }

    @Test func aMessageWithoutBodyHasNoContent() {
        let message = ReceivedMessage(version: "v1", content: .empty, receivedAt: date)
        #expect(ListenLine(message).text == #"{"received_at":"2027-01-15T08:00:00.250Z","version":"v1"}"#)
    }

    @Test(arguments: [
        ("battery low", #"{"text":"battery low"}"#), ("7", #"{"message":7}"#),
        (
            #"{"web_push":8030,"notification":{"title":"t","body":"b"}}"#,
            #"{"message":{"notification":{"body":"b","title":"t"},"web_push":8030}}"#
        ),
    ])
    func whatIsUnencryptedIsMarkedAndSetsNoVariable(body: String, content: String) {
        let line = ListenLine(ReceivedMessage(version: "v1", content: .unencrypted(Array(body.utf8)), receivedAt: date))
        #expect(line.text == #"{"received_at":"2027-01-15T08:00:00.250Z","unencrypted":\#(content),"version":"v1"}"#)
        let variables = MessageCommand.variables(line, attempt: 1)
        #expect(["TITLE", "BODY", "ID", "URL"].allSatisfy { variables["HERALD_\($0)"] == "" })
    }

    private let date = Date(timeIntervalSince1970: 1_800_000_000.25)

    private func line(_ payload: String) -> String {
        ListenLine(ReceivedMessage(version: "v1", content: .decrypted(Array(payload.utf8)), receivedAt: date)).text
    }
}
