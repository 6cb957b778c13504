import Foundation
import PushService
import Testing
import WebPush

/// `Prefer: respond-async` (RFC 8030 §5.1), and endpoints that are known to have ended.
@Suite struct MessageIntakeReceiptTests {
    private static let fresh = ReceiptSubscription(rawValue: 5)
    private static let known = ReceiptSubscription(rawValue: 6)
    private static let location = Transcript.codec.location(of: known)

    private func post(prefer: String?, link: String? = nil, ttl: String = "60") -> Post {
        var post = Post()
        post.intake = MessageIntake(codec: Transcript.codec) { Self.fresh }
        post.request.headers.prefer = prefer
        post.request.headers.link = link
        post.request.headers.ttl = ttl
        return post
    }

    @Test(arguments: ["respond-async", "wait=10, Respond-Async", "return=minimal;foo=bar , respond-async;x=1"])
    func whoWantsReceiptsGetsASubscription(_ prefer: String) throws {
        #expect(try post(prefer: prefer).accepted().receipts == .new(Self.fresh))
    }

    @Test(arguments: [nil, "", "wait=5", "respond-asynchronously"])
    func othersGetNone(_ prefer: String?) throws {
        #expect(try post(prefer: prefer, link: "<\(Self.location)>; rel=\"urn:ietf:params:push:receipt\"").accepted().receipts == nil)
    }

    @Test(arguments: [
        #"<\#(location)>; rel="urn:ietf:params:push:receipt""#, "<\(location)>;rel=urn:ietf:params:push:receipt",
        #"<https://a/b,c;d>; rel="next", <\#(location)> ; title="a"; rel="x urn:ietf:params:push:receipt""#,
    ])
    func aSubscriptionIsUsedAgain(_ link: String) throws {
        #expect(try post(prefer: "respond-async", link: link).accepted().receipts == .known(Self.known))
    }

    @Test(arguments: ["<https://push.example/receipts/nonsense>", "<https://other.example/receipts/x>", "<\(location)x>", "<>"])
    func aLinkThatIsNotOursIsRefused(_ target: String) {
        let refusal = post(prefer: "respond-async", link: "\(target); rel=\"urn:ietf:params:push:receipt\"").refusal()
        #expect(refusal?.status == 400 && refusal?.message.contains("Link") == true)
    }

    @Test func otherLinksDontMatter() throws {
        #expect(try post(prefer: "respond-async", link: "<https://x>; rel=next").accepted().receipts == .new(Self.fresh))
    }

    @Test func ofAMessageThatIsNeverStoredThereIsNone() throws {
        #expect(try post(prefer: "respond-async", ttl: "0").accepted().receipts == nil)
    }

    // MARK: Endpoints that have ended

    @Test func whatIsKnownToHaveEndedIsRefusedWithoutTheStore() throws {
        let ended = EndedEndpoints(capacity: 10)
        var post = Post()
        post.intake = MessageIntake(codec: Transcript.codec, ended: ended)
        ended.remember(try post.accepted(), now: Post.now)
        #expect(post.refusal()?.status == 410 && post.refusal()?.errno == 106 && post.refusal()?.cacheSeconds == 86_400)
    }

    /// Two registrations in one millisecond could not be told apart.
    @Test func whatBeganJustNowIsNotRemembered() throws {
        let ended = EndedEndpoints(capacity: 10)
        var post = Post()
        post.intake = MessageIntake(codec: Transcript.codec, ended: ended)
        ended.remember(try post.accepted(), now: Post.now.addingTimeInterval(-59.1))
        #expect(post.refusal() == nil)
    }

    @Test func anEndpointOfTheOlderFormIsAlwaysAskedAbout() throws {
        let ended = EndedEndpoints(capacity: 10)
        var message = try Post().accepted()
        message.epoch = nil
        ended.remember(message, now: Post.now)
        var post = Post()
        post.intake = MessageIntake(codec: Transcript.codec, ended: ended)
        #expect(post.refusal() == nil)
    }
}
