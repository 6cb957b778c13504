import Foundation
import PushService
import Testing
import WebPush

/// Who may post where (RFC 8292).
@Suite struct VAPIDTests {
    private let key = VAPIDKey()

    @Test func aRestrictedEndpointTakesItsOwnKey() throws {
        let post = try Post(restrictedTo: key).with { $0.request.headers.authorization = try Post.authorization(key) }
        #expect(try post.accepted().channel == Post.channel)
    }

    @Test func aRestrictedEndpointTakesNoOtherKeyAndNoAnonymousPost() throws {
        let post = Post(restrictedTo: key)
        expect(post.refusal(), 401, 109)
        expect(try post.with { $0.request.headers.authorization = try Post.authorization(VAPIDKey()) }.refusal(), 401, 109)
    }

    /// A token that was verified for one endpoint must not open another.
    @Test func aRememberedTokenIsStillCheckedAgainstTheEndpoint() throws {
        let stranger = VAPIDKey()
        let authorization = try Post.authorization(stranger)
        let restricted = Post(restrictedTo: key)
        let open = Post().with { $0.intake = restricted.intake; $0.request.headers.authorization = authorization }
        #expect(open.refusal() == nil)
        expect(restricted.with { $0.request.headers.authorization = authorization }.refusal(), 401, 109)
    }

    @Test func anOpenEndpointTakesAnyValidKeyOrNone() throws {
        #expect(Post().refusal() == nil)
        #expect(try Post().with { $0.request.headers.authorization = try Post.authorization(VAPIDKey()) }.refusal() == nil)
    }

    @Test(arguments: [
        "", "vapid", "vapid t=a.b.c", "Basic dXNlcjpwYXNz", "nonsense", "vapid t=a.b.c, k=AAAA", "vapid k=AAAA", "vapid ,,,;;;===",
        "WebPush", "Bearer",
    ])
    func anAuthorizationThatIsNoneIsRefusedEvenWhereNoneIsNeeded(_ authorization: String) {
        expect(Post().with { $0.request.headers.authorization = authorization }.refusal(), 401, 109)
    }

    @Test func aTokenForAnotherOriginIsRefused() throws {
        for audience in [
            "https://push.example/wpush", "https://push.example//", "http://push.example:443", "http://push.example",
            "https://push.example:8443", "https://other.example",
        ] {
            let post = try Post().with { $0.request.headers.authorization = try Post.authorization(key, audience: audience) }
            expect(post.refusal(), 401, 109)
        }
    }

    @Test(arguments: ["", "/", ":443", ":443/"])
    func anOriginMayBeWrittenInFull(_ rest: String) throws {
        let post = try Post().with {
            $0.request.headers.authorization = try Post.authorization(key, audience: Transcript.codec.origin + rest)
        }
        #expect(post.refusal() == nil)
    }

    @Test func anOriginWithAPortHasNoOther() throws {
        let codec = EndpointCodec(origin: "http://push.example:8080", sealer: .test)
        let endpoint = codec.endpoint(for: Post.channel, of: Post.epoch).split(separator: "/")
        var post = Post()
        (post.intake, post.request.token) = (MessageIntake(codec: codec), String(endpoint[4]))
        for (audience, isGood) in [(codec.origin, true), (codec.origin + "/", true), (codec.origin + ":80", false)] {
            post.request.headers.authorization = try Post.authorization(key, audience: audience)
            #expect((post.refusal() == nil) == isGood, "\(audience)")
        }
    }

    @Test(arguments: [-1, 0, 86_400 + 3600] as [Double])
    func aTokenThatIsOverOrTooLongIsRefused(_ expiresAfter: Double) throws {
        let post = try Post().with { $0.request.headers.authorization = try Post.authorization(key, expiresAfter: expiresAfter) }
        expect(post.refusal(), 401, 109)
    }

    @Test func aChangedTokenIsRefused() throws {
        let authorization = try Post.authorization(key)
        for position in [10, authorization.count / 2] {
            var characters = Array(authorization)
            characters[position] = characters[position] == "A" ? "B" : "A"
            expect(Post().with { $0.request.headers.authorization = String(characters) }.refusal(), 401, 109)
        }
    }

    @Test func aRememberedTokenExpiresAllTheSame() throws {
        var post = try Post().with { $0.request.headers.authorization = try Post.authorization(key, expiresAfter: 60) }
        #expect(post.refusal() == nil)
        post.now += 59
        #expect(post.refusal() == nil)
        post.now += 1
        expect(post.refusal(), 401, 109)
    }

    @Test(arguments: ["WebPush", "webpush", "Bearer", "bearer"])
    func theDraftsSchemeIsTakenWithItsKeyHeader(_ scheme: String) throws {
        let (token, publicKey) = try draft()
        var post = Post(restrictedTo: key)
        post.request.headers = Post.saltAndKey
        post.request.headers.authorization = "\(scheme) \(token)"
        expect(post.refusal(), 400, 110)
        post.request.headers.cryptoKey? += ";p256ecdsa=\(publicKey)"
        #expect(post.refusal() == nil)
    }

    @Test func theKeyOfADraftsTokenIsPartOfWhatIsRemembered() throws {
        let (token, publicKey) = try draft()
        var post = Post()
        post.request.headers.authorization = "WebPush \(token)"
        post.request.headers.cryptoKey = "p256ecdsa=\(publicKey)"
        #expect(post.refusal() == nil)
        post.request.headers.cryptoKey = "p256ecdsa=\(VAPIDKey().publicKeyBase64URL)"
        expect(post.refusal(), 401, 109)
    }

    @Test func theSendersKeyMustNotEncryptMessages() throws {
        var post = try Post().with { $0.request.headers.authorization = try Post.authorization(key) }
        post.request.body = Post.body(keyID: key.publicKey)
        expect(post.refusal(), 400, 110)
        post.request.headers = Post.saltAndKey
        post.request.headers.authorization = try Post.authorization(key)
        post.request.headers.cryptoKey = "dh=\(key.publicKeyBase64URL)"
        expect(post.refusal(), 400, 110)
    }

    private func draft() throws -> (token: String, publicKey: String) {
        let parts = try Post.authorization(key).split(separator: " ")
        return (String(parts[1].dropFirst(2).dropLast()), key.publicKeyBase64URL)
    }

    private func expect(
        _ refusal: EndpointRefusal?, _ status: Int, _ errno: Int, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(refusal?.status == status && refusal?.errno == errno, "\(String(describing: refusal))", sourceLocation: sourceLocation)
    }
}
