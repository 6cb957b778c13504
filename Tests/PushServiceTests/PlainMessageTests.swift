import PushService
import Testing
import WebPush

/// Bodies that nobody has encrypted: from UnifiedPush's old application servers, and from a gateway of ours.
@Suite struct PlainMessageTests {
    private static func intake(takesPlain: Bool) -> MessageIntake {
        var limits = PushServiceLimits()
        limits.takesPlainBodies = takesPlain
        return MessageIntake(codec: Transcript.codec, limits: limits)
    }

    private func plain(_ bytes: Int, ttl: String? = nil, takesPlain: Bool = true) -> Post {
        Post().with {
            $0.intake = Self.intake(takesPlain: takesPlain)
            $0.request.headers = .init(ttl: ttl)
            $0.request.body = [UInt8](repeating: 7, count: bytes)
        }
    }

    @Test func aPlainBodyIsTakenAsItIsAndKeptForADay() throws {
        let message = try plain(4096).accepted()
        #expect(message.content == MessageContent(body: [UInt8](repeating: 7, count: 4096)))
        #expect(message.ttl.seconds == 86_400)
        #expect(try plain(1, ttl: "5").accepted().ttl.seconds == 5)
    }

    @Test(arguments: [(4097, nil, 413), (0, nil, 400), (1, "soon", 400)] as [(Int, String?, Int)])
    func aPlainBodyHasItsLimits(_ bytes: Int, _ ttl: String?, _ status: Int) {
        #expect(plain(bytes, ttl: ttl).refusal()?.status == status)
    }

    @Test func withoutTheModeAPlainBodyIsRefused() {
        #expect(plain(1, takesPlain: false).refusal()?.errno == 111)
        #expect(plain(1, ttl: "5", takesPlain: false).refusal()?.errno == 110)
    }

    @Test func withTheModeAnEncryptedBodyStillNeedsItsTTL() {
        let post = Post().with {
            $0.intake = Self.intake(takesPlain: true)
            $0.request.headers.ttl = nil
        }
        #expect(post.refusal()?.errno == 111)
    }

    // MARK: A gateway's

    private func handed(_ endpoint: String, bytes: Int = 10) -> Result<NewMessage, EndpointRefusal> {
        Result { () throws(EndpointRefusal) in
            try Self.intake(takesPlain: false).message(
                handing: [UInt8](repeating: 7, count: bytes), to: endpoint, urgency: .high, collapseKey: nil, now: Post.now)
        }
    }

    private let open = Transcript.codec.endpoint(for: Post.channel, of: Post.epoch)

    @Test func aGatewayHandsOverWhatItHasNoKeysFor() throws {
        let message = try handed(open).get()
        #expect(message.channel == Post.channel && message.epoch == Post.epoch && message.urgency == .high)
        #expect(message.content.encoding == nil && message.content.body.count == 10)
        #expect(try handed(open + "?up=1").get().channel == Post.channel)
    }

    @Test func aGatewayMayNotWhatItsEndpointForbids() {
        let bound = Transcript.codec.endpoint(for: Post.channel, of: Post.epoch, restrictedTo: [4, 1])
        #expect(handed(bound).failure?.status == 401)
        #expect(handed(open + "x").failure?.status == 404)
        #expect(handed(open + "/x").failure?.status == 404)
        #expect(handed("https://other.example" + open.dropFirst(Transcript.codec.origin.count)).failure?.status == 404)
        #expect(handed(open, bytes: 4097).failure?.status == 413)
    }

    @Test func endpointsAreShorterThanUnifiedPushAllows() {
        let key = [UInt8](repeating: 4, count: 65)
        #expect(Transcript.codec.endpoint(for: Post.channel, of: Post.epoch, restrictedTo: key).utf8.count <= 1000)
    }
}

extension Result {
    fileprivate var failure: Failure? { if case .failure(let failure) = self { failure } else { nil } }
}
