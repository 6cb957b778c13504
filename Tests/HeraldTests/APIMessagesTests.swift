import Foundation
import Testing
import WebPush

@testable import herald

struct APIMessagesTests {
    @Test(arguments: [
        (#"{"title":"Bad Request","detail":"The title is empty"}"#, "The title is empty"),
        (#"{"title":"Bad Request","detail":"It is no URL","field":"subscription.endpoint"}"#, "subscription.endpoint: It is no URL"),
        (#"{"title":"Bad Request","detail":"keys.auth is short","field":"keys.auth"}"#, "keys.auth is short"),
        (#"{"title":"Forbidden","status":403}"#, "Forbidden"), ("{}", nil),
    ])
    func aProblemIsOneSentence(json: String, sentence: String?) throws {
        #expect(try JSONDecoder().decode(Problem.self, from: Data(json.utf8)).sentence == sentence)
    }

    @Test func aFreshPushHasNeitherProgressNorCounters() throws {
        let json = #"{"id":"p1","state":"queued","created_at":"2026-01-01T00:00:00Z"}"#
        let push = try JSONDecoder().decode(PushState.self, from: Data(json.utf8))
        #expect(push == PushState(id: "p1", state: "queued"))
        #expect(!push.isDone)
    }

    @Test func vapidKeysPrintForPeopleAndForPrograms() throws {
        let key = VAPIDKey()
        let lines = VAPID.Generate.text(key, asJSON: false).split(separator: "\n")
        #expect(lines.map { $0.split(separator: " ").last.map(String.init) } == [key.publicKeyBase64URL, key.privateKeyBase64URL])
        let json = VAPID.Generate.text(key, asJSON: true)
        #expect(
            try JSONDecoder().decode([String: String].self, from: Data(json.utf8))
                == ["public_key": key.publicKeyBase64URL, "private_key": key.privateKeyBase64URL])
    }
}
