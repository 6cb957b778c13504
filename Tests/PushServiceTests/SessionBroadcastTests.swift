import PushService
import Testing

/// What is announced to all at once.
@Suite struct SessionBroadcastTests {
    private static let board = BroadcastBoard(["news": "v2", "weather": "v1"])
    private let subscribe = #"{"messageType":"broadcast_subscribe","broadcasts":{"news":"v1","nothing":"v1"}}"#

    private func session(_ known: String, _ board: BroadcastBoard? = Self.board) -> (Transcript, [String]) {
        var session = Transcript(board: board)
        let said = session.hears(Frame.hello(more: #","broadcasts":\#(known)"#))
        return (session, said)
    }

    @Test func theHelloReplyBringsNewerVersionsAndNamesWhatThereIsNot() {
        let (_, said) = session(#"{"news":"v1","weather":"v1","nothing":"v7"}"#)
        #expect(said == ["attach fresh", "say hello fresh news=v2 no nothing"])
    }

    @Test func whoAsksForNothingHearsNothing() {
        var (session, said) = session("{}")
        #expect(said == ["attach fresh", "say hello fresh"])
        #expect(session.on(.announced(BroadcastBoard(["news": "v3"]))) == [])
    }

    @Test func changesAreToldOnceToThoseWhoAskedForThem() {
        var (session, _) = session(#"{"news":"v2"}"#)
        #expect(session.on(.announced(BroadcastBoard(["news": "v3", "weather": "v9"]))) == ["say broadcast news=v3"])
        #expect(session.on(.announced(BroadcastBoard(["news": "v3", "weather": "v10"]))) == [])
        #expect(session.on(.announced(BroadcastBoard(["weather": "v10"]))) == [], "gone from the board is no news")
    }

    @Test func aLaterInterestIsAnsweredAtOnceIfThereIsAnythingToSay() {
        var session = Transcript.ready(board: Self.board)
        #expect(session.hears(subscribe) == ["say broadcast news=v2 no nothing"])
        #expect(session.hears(#"{"messageType":"broadcast_subscribe","broadcasts":{"weather":"v1"}}"#) == [])
        #expect(session.on(.announced(BroadcastBoard(["news": "v2", "weather": "v2"]))) == ["say broadcast weather=v2"])
    }

    @Test func whereNothingIsAnnouncedNobodysInterestIsAnswered() {
        let (_, said) = session(#"{"news":"v1"}"#, nil)
        #expect(said == ["attach fresh", "say hello fresh"])
        var ready = Transcript.ready()
        #expect(ready.hears(subscribe) == [])
    }

    @Test func interestsAreBounded() {
        var limits = PushServiceLimits()
        limits.broadcastsPerUserAgent = 1
        var session = Transcript.ready(limits: limits, board: Self.board)
        #expect(session.hears(#"{"messageType":"broadcast_subscribe","broadcasts":{"weather":"v0","news":"v0"}}"#) == ["say broadcast news=v2"])
        #expect(session.on(.announced(BroadcastBoard(["news": "v3", "weather": "v3"]))) == ["say broadcast news=v3"])
        #expect(session.hears(#"{"messageType":"broadcast_subscribe","broadcasts":{"weather":"v0"}}"#) == [], "also one after the other")
        #expect(session.hears(#"{"messageType":"broadcast_subscribe","broadcasts":{"news":"v0"}}"#) == ["say broadcast news=v3"])
    }

    @Test func whatThereIsNotIsNotWaitedFor() {
        var session = Transcript.ready(board: Self.board)
        #expect(session.hears(subscribe) == ["say broadcast news=v2 no nothing"])
        #expect(session.on(.announced(BroadcastBoard(["nothing": "v2"]))) == [])
    }

    @Test func broadcastsThatAreNoTextsCountAsNone() {
        let (_, said) = session(#"{"news":1}"#)
        #expect(said == ["attach fresh", "say hello fresh"])
    }

    @Test func framesAreAsMozillasServiceWritesThem() {
        let news = BroadcastNews(updates: ["kinto:123": "ver1"], unknown: ["kinto:456"])
        let broadcasts = #"{"kinto:123":"ver1","errors":{"kinto:456":"Broadcast not found"}}"#
        #expect(ServerMessage.broadcast(news).frame() == #"{"messageType":"broadcast","broadcasts":\#(broadcasts)}"#)
        #expect(ServerMessage.hello(.known, news).frame().hasSuffix(#""broadcasts":\#(broadcasts)}"#))
    }
}
