import PushService
import Testing

/// What a session does when another node has stored a message.
@Suite struct SessionNewsTests {
    @Test func aMessageStoredElsewhereIsLoaded() {
        var session = Transcript.ready()
        #expect(session.on(.stored(1)) == ["load 50 after 0"])
        #expect(session.on(.loaded(.last(1))) == ["say message 1"])
    }

    @Test func manyNewsAreOneLoad() {
        var session = Transcript.ready()
        #expect(session.on(.stored(1)).count == 1)
        #expect(session.on(.stored(2)) == [])
        #expect(session.on(.stored(3)) == [])
        #expect(session.on(.loaded(.last(1))) == ["say message 1", "load 50 after 1"], "what came meanwhile")
        #expect(session.on(.loaded(.last(2, 3))) == ["say message 2", "say message 3"])
    }

    @Test func oldNewsAreNoNews() {
        var session = Transcript.ready(messages: [.number(1), .number(2)])
        #expect(session.on(.stored(2)) == [])
        #expect(session.on(.stored(1)) == [])
    }

    @Test func newsAndOffersMayComeInAnyOrder() {
        var session = Transcript.ready()
        #expect(session.on(.stored(2)) == ["load 50 after 0"])
        #expect(session.on(.offered(.number(1))) == [], "the load brings it")
        #expect(session.on(.loaded(.last(1, 2))) == ["say message 1", "say message 2"])
        #expect(session.on(.offered(.number(3))) == ["say message 3"])
    }

    @Test func newsBeforeTheHelloReplyAreFoundInTheStore() {
        var session = Transcript()
        _ = session.hears(Frame.hello(.known))
        #expect(session.on(.stored(4)) == [])
        #expect(session.on(.lookedUp(2)).last == "load 50 after 0")
    }
}
