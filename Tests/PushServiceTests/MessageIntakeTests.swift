import Foundation
import PushService
import Testing
import WebPush

/// The HTTP contract without VAPID, row by row.
@Suite struct MessageIntakeTests {
    @Test func aGoodPostBecomesAMessage() throws {
        let message = try Post().with {
            $0.request.headers.topic = "news_1-A"
            $0.request.headers.urgency = "very-low"
        }.accepted()
        #expect(message.channel == Post.channel && message.postedAt == Post.now)
        #expect(message.ttl.seconds == 60 && message.expiresAt == Post.now + 60 && message.isStorable)
        #expect(message.collapseKey?.value == "news_1-A" && message.urgency == .veryLow)
        #expect(message.content == MessageContent(body: Post.body(), encoding: "aes128gcm"))
    }

    @Test func aPlainPostHasNormalUrgencyAndNoCollapseKey() throws {
        let message = try Post().accepted()
        #expect(message.urgency == .normal && message.collapseKey == nil)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let status: Int
        let errno: Int?
        let spoil: @Sendable (inout Post) -> Void

        init(_ description: String, _ status: Int, _ errno: Int?, _ spoil: @escaping @Sendable (inout Post) -> Void) {
            (testDescription, self.status, self.errno, self.spoil) = (description, status, errno, spoil)
        }
    }

    @Test(arguments: [
        Row("token forged", 404, 102) { $0.request.token = "AAAA" },
        Row("token empty", 404, 102) { $0.request.token = "" },
        Row("token of another server", 404, 102) {
            $0.intake = MessageIntake(codec: EndpointCodec(origin: "https://push.example", sealer: .sealer(9)))
        },
        Row("version unknown", 404, 102) { $0.request.version = "v3" },
        Row("version that isn't the token's", 404, 102) { $0.request.version = "v2" },
        Row("TTL missing", 400, 111) { $0.request.headers.ttl = nil },
        Row("TTL empty", 400, 111) { $0.request.headers.ttl = "" },
        Row("TTL a word", 400, 111) { $0.request.headers.ttl = "soon" },
        Row("TTL with a letter", 400, 111) { $0.request.headers.ttl = "x60" },
        Row("TTL a fraction", 400, 111) { $0.request.headers.ttl = "1.5" },
        Row("TTL given twice", 400, 111) { $0.request.headers.ttl = "60, 60" },
        Row("TTL negative", 400, 114) { $0.request.headers.ttl = "-1" },
        Row("TTL a dash", 400, 111) { $0.request.headers.ttl = "-" },
        Row("Topic too long", 400, 113) { $0.request.headers.topic = String(repeating: "a", count: 33) },
        Row("Topic too long with its padding", 400, 113) { $0.request.headers.topic = String(repeating: "a", count: 31) + "==" },
        Row("Topic of padding", 400, 113) { $0.request.headers.topic = "==" },
        Row("Topic empty", 400, 113) { $0.request.headers.topic = "" },
        Row("Topic of another alphabet", 400, 113) { $0.request.headers.topic = "a+b" },
        Row("Topic not ASCII", 400, 113) { $0.request.headers.topic = "ä" },
        Row("Urgency unknown", 400, nil) { $0.request.headers.urgency = "extreme" },
        Row("Urgency given twice", 400, nil) { $0.request.headers.urgency = "high, low" },
        Row("Content-Encoding missing", 400, 110) { $0.request.headers.contentEncoding = nil },
        Row("Content-Encoding unknown", 400, 110) { $0.request.headers.contentEncoding = "gzip" },
        Row("Content-Encoding given twice", 400, 110) { $0.request.headers.contentEncoding = "aes128gcm, aesgcm" },
        Row("Content-Encoding of a draft before the draft", 400, 110) { $0.request.headers.contentEncoding = "aesgcm128" },
        Row("aes128gcm with salt", 400, 110) { $0.request.headers.encryption = "keyid=a;salt=AAAA" },
        Row("aes128gcm with dh", 400, 110) { $0.request.headers.cryptoKey = "p256ecdsa=AAAA, DH=AAAA" },
        Row("aesgcm without salt", 400, 110) { $0.request.headers = Post.saltAndKey; $0.request.headers.encryption = nil },
        Row("aesgcm with a salt that is none", 400, 110) { $0.request.headers = Post.saltAndKey; $0.request.headers.encryption = "salt=*" },
        Row("aesgcm with a key in a header of an older draft", 400, 110) {
            $0.request.headers = Post.saltAndKey
            $0.request.headers.encryptionKey = "dh=AAAA"
        },
        Row("aesgcm without dh", 400, 110) { $0.request.headers = Post.saltAndKey; $0.request.headers.cryptoKey = "p256ecdsa=AAAA" },
        Row("body too large", 413, 104) { $0.request.body = Post.body(bytes: 5631) },
    ])
    func aSpoiledPostIsRefused(_ row: Row) throws {
        let refusal = try #require(Post().with(row.spoil).refusal())
        #expect(refusal.status == row.status && refusal.errno == row.errno, "\(refusal.message)")
        #expect(refusal.message.hasSuffix(".") && refusal.message.count > 30)
    }

    /// The first problem speaks, in this order.
    @Test func problemsAreToldInTheOrderOfTheContract() {
        var post = Post()
        post.request = MessageRequest(
            version: "v1", token: "forged",
            headers: .init(ttl: nil, topic: "*", contentEncoding: nil, authorization: "vapid nonsense"),
            body: Post.body(bytes: 6000))
        #expect(post.refusal()?.errno == 102)
        post.request.token = Post().request.token
        #expect(post.refusal()?.errno == 109)
        post.request.headers.authorization = nil
        #expect(post.refusal()?.errno == 104)
        post.request.body = Post.body()
        #expect(post.refusal()?.errno == 111)
        post.request.headers.ttl = "-1"
        #expect(post.refusal()?.errno == 110)
        post.request.headers.contentEncoding = "aes128gcm"
        #expect(post.refusal()?.errno == 114)
        post.request.headers.ttl = "1"
        #expect(post.refusal()?.errno == 113)
        post.request.headers.topic = "t"
        #expect(post.refusal() == nil)
    }

    @Test(arguments: [("news=", "news"), ("YQ==", "YQ"), (String(repeating: "a", count: 32), String(repeating: "a", count: 32))])
    func aTopicMayBePadded(_ header: String, _ topic: String) throws {
        #expect(try Post().with { $0.request.headers.topic = header }.accepted().collapseKey?.value == topic)
    }

    @Test(arguments: [("0", 0), ("2592000", 2_592_000), ("2592001", 2_592_000), ("99999999999999999999", 2_592_000), (" 7 ", 7)])
    func aLongTTLIsCut(_ header: String, _ seconds: Int) throws {
        let message = try Post().with { $0.request.headers.ttl = header }.accepted()
        #expect(message.ttl.seconds == seconds && message.isStorable == (seconds > 0))
    }

    @Test(arguments: ["high", "High", " low "])
    func anUrgencyIsReadWhateverItsCase(_ header: String) throws {
        #expect(try Post().with { $0.request.headers.urgency = header }.accepted().urgency.rawValue == header.trimmed.lowercased())
    }

    @Test(arguments: [(5630, 5630), (0, 4096), (4095, 4096), (10_000, 10_000)])
    func noLimitIsBelowWhatSendersArePromised(_ configured: Int, _ effective: Int) {
        var limits = PushServiceLimits()
        limits.bodyBytes = configured
        let intake = MessageIntake(codec: Transcript.codec, limits: limits)
        let fits = Post().with { $0.intake = intake; $0.request.body = Post.body(bytes: effective) }
        let doesNot = Post().with { $0.intake = intake; $0.request.body = Post.body(bytes: effective + 1) }
        #expect(fits.refusal() == nil)
        #expect(doesNot.refusal()?.message.contains("\(effective) bytes") == true)
    }

    @Test func anEmptyBodyNeedsNoEncodingAndCarriesNoHeaders() throws {
        var post = Post()
        post.request.body = []
        for encoding in [nil, "aes128gcm", "gzip"] {
            post.request.headers.contentEncoding = encoding
            #expect(try post.accepted().content == MessageContent())
        }
    }

    @Test func anOldMessageTakesItsHeadersAlong() throws {
        var post = Post()
        post.request.headers = Post.saltAndKey
        post.request.headers.encryption = #"keyid="p256dh"; salt="lngarbyKfMoi9Z75xYXm/+==";rs=4096"#
        post.request.headers.cryptoKey = #"keyid=p256dh;dh="BNoR"  , p256ecdsa=BA1H="#
        let content = try post.accepted().content
        #expect(content.encoding == "aesgcm")
        #expect(content.encryption == "keyid=p256dh; salt=lngarbyKfMoi9Z75xYXm_-;rs=4096")
        #expect(content.cryptoKey == "keyid=p256dh;dh=BNoR  , p256ecdsa=BA1H")
    }

    @Test func anOldMessageMayNameAKeyThatIsKnownAndNeedNotCountItsBytes() throws {
        var post = Post()
        post.request.headers = Post.saltAndKey
        post.request.headers.encryption = #"keyid="http://example.org/bob/keys/123";salt="stuff""#
        post.request.headers.cryptoKey = nil
        let content = try post.accepted().content
        #expect(content.encryption == "keyid=http://example.org/bob/keys/123;salt=stuff" && content.cryptoKey == nil)
    }

    @Test func aBodyThatIsNoMessageIsTheUserAgentsMatter() throws {
        #expect(try Post().with { $0.request.body = [1, 2, 3] }.accepted().content.body == [1, 2, 3])
    }

    @Test func aMessageIdIsWithdrawnOnlyIfItIsOurs() throws {
        let id = MessageID(uaid: .known, sequence: 3)
        let intake = Post().intake
        #expect(try intake.message(token: Transcript.codec.token(for: id)) == id)
        let refusal = #expect(throws: EndpointRefusal.self) { try intake.message(token: "forged") }
        #expect(refusal?.status == 400 && refusal?.errno == nil)
    }
}

@Suite struct EndpointRefusalTests {
    @Test func aRefusalIsJSONThatSendersKnow() throws {
        let json = try parse(EndpointRefusal.endpointGone(cacheSeconds: 86_400))
        #expect(json["code"] as? Int == 410 && json["errno"] as? Int == 106 && json["error"] as? String == "Gone")
        #expect((json["message"] as? String)?.contains("Delete the subscription") == true)
        #expect((json["more_info"] as? String)?.hasPrefix("https://") == true)
    }

    @Test func aRefusalWithoutNumberSaysNull() throws {
        #expect(try parse(.unknownMessage)["errno"] is NSNull)
    }

    @Test func headersThatBelongToARefusalComeWithIt() {
        #expect(EndpointRefusal.endpointGone(cacheSeconds: 5).cacheSeconds == 5)
        let failed = EndpointRefusal.storeFailed(retryAfterSeconds: 120)
        #expect(failed.status == 503 && failed.errno == 201 && failed.retryAfterSeconds == 120)
    }

    private func parse(_ refusal: EndpointRefusal) throws -> [String: Any] {
        let json = try JSONSerialization.jsonObject(with: Data(refusal.json.utf8)) as? [String: Any]
        return try #require(json)
    }
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}
