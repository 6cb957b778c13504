import Foundation
import Testing

@testable import PushSimulators

struct APNsProviderTokenTests {
    static let header = #"{"alg":"ES256","kid":"KEY0000001"}"#
    static let claims = #"{"iss":"TEAM000001","iat":1800000000}"#

    static func badTokens() throws -> [(String, String)] {
        [
            ("not a token", "nonsense"),
            ("in DER", try Signing.es256(header, claims, inDER: true)),
            ("somebody else's key", try Signing.es256(header, claims, by: Signing.otherECKey)),
            ("an unknown key id", try Signing.es256(#"{"alg":"ES256","kid":"KEY0000009"}"#, claims)),
            ("no key id", try Signing.es256(#"{"alg":"ES256"}"#, claims)),
            ("another algorithm", try Signing.es256(#"{"alg":"HS256","kid":"KEY0000001"}"#, claims)),
            ("another team", try Signing.es256(header, #"{"iss":"TEAM000002","iat":1800000000}"#)),
            ("no team", try Signing.es256(header, #"{"iat":1800000000}"#)),
            ("no time", try Signing.es256(header, #"{"iss":"TEAM000001"}"#)),
            ("time as text", try Signing.es256(header, #"{"iss":"TEAM000001","iat":"1800000000"}"#)),
            ("of the future", try Signing.es256(header, #"{"iss":"TEAM000001","iat":1800000090}"#)),
        ]
    }

    @Test func aBadTokenIsInvalid() throws {
        for (name, token) in try Self.badTokens() {
            var client = APNsClient()
            let reason = client.reason(try APNsClient.request(token: token))
            #expect(reason == "403 InvalidProviderToken", "\(name)")
        }
    }

    @Test func aChangedTokenIsInvalid() throws {
        var client = APNsClient()
        let token = try APNsClient.token()
        let changed = token.replacingOccurrences(of: ".", with: ".e", options: [], range: token.range(of: "."))
        #expect(client.reason(try APNsClient.request(token: changed)) == "403 InvalidProviderToken")
    }

    @Test func aTokenLivesAnHour() throws {
        var client = APNsClient()
        client.now += 3600
        #expect(client.reason(try APNsClient.request()) == "200 ")
        client.now += 1
        #expect(client.reason(try APNsClient.request()) == "403 ExpiredProviderToken")
    }

    @Test func aTokenIsNotChangedWithin20Minutes() throws {
        var client = APNsClient()
        let (first, second) = (try APNsClient.token(), try APNsClient.token(issuedAt: APNsClient.start + 1))
        #expect(client.reason(try APNsClient.request(token: first)) == "200 ")
        client.now += 1199
        #expect(client.reason(try APNsClient.request(token: second)) == "429 TooManyProviderTokenUpdates")
        #expect(client.reason(try APNsClient.request(token: first)) == "200 ")
        client.now += 1
        #expect(client.reason(try APNsClient.request(token: second)) == "200 ")
    }

    @Test func aConnectionBelongsToItsFirstKey() throws {
        var client = APNsClient()
        let other = try APNsClient.request(token: APNsClient.token(keyID: "KEY0000002"))
        #expect(client.reason(try APNsClient.request()) == "200 ")
        client.now += 1201
        #expect(client.reason(other) == "403 UnrelatedKeyIdInToken")
        client.connection = ConnectionMemory(streamLimit: 1)
        #expect(client.reason(other) == "200 ")
    }

    @Test func whatWasRefusedTiesTheConnectionToNothing() throws {
        var client = APNsClient()
        var refused = try APNsClient.request()
        refused.set("apns-topic", nil)
        #expect(client.reason(refused) == "400 MissingTopic")
        client.now += 1201
        #expect(client.reason(try APNsClient.request(token: APNsClient.token(keyID: "KEY0000002"))) == "200 ")
    }

    @Test func aKeyMayBeOfOneEnvironment() throws {
        var client = APNsClient(environment: "sandbox", keyEnvironments: ["KEY0000001": "production"])
        #expect(client.reason(try APNsClient.request()) == "403 BadEnvironmentKeyIdInToken")
    }

    @Test func thereIsOneStreamUntilTheFirstSuccess() throws {
        var client = APNsClient()
        let good = try APNsClient.request()
        var refused = good
        refused.set("apns-topic", nil)
        _ = client.send(refused)
        #expect(client.connection.streamLimit == 1)
        _ = client.send(good)
        #expect(client.connection.streamLimit == APNsSimulator.streamLimit)
    }
}

struct APNsCertificateTests {
    private func client(_ certificate: ClientCertificate, environment: String = "production") -> APNsClient {
        var client = APNsClient(environment: environment)
        client.connection.certificate = certificate
        return client
    }

    private func request(type: String = "alert", topic: String?) throws -> SimulatorRequest {
        var request = try APNsClient.request(token: "ignored")
        request.set("apns-push-type", type)
        request.set("apns-topic", topic)
        return request
    }

    private let both = ClientCertificate(topics: ["com.example.cert"], environments: ["production", "sandbox"])

    @Test func itsBundleIDIsTheTopicWhenNoneIsGiven() throws {
        var client = client(both)
        #expect(client.reason(try request(topic: nil)) == "200 ")
        #expect(client.connection.streamLimit == APNsSimulator.streamLimit)
    }

    @Test func itCoversItsOwnTopicsAlone() throws {
        var client = client(both)
        #expect(client.reason(try request(topic: "com.example.cert")) == "200 ")
        #expect(client.reason(try request(type: "voip", topic: "com.example.cert.voip")) == "200 ")
        #expect(client.reason(try request(topic: "com.example.app")) == "400 TopicDisallowed")
    }

    @Test(arguments: ["location", "liveactivity", "widgets", "controls"])
    func someTypesWantAToken(_ type: String) throws {
        var client = client(both)
        let topic = "com.example.cert" + (APNsVocabulary.suffixes[type] ?? "")
        #expect(client.reason(try request(type: type, topic: topic)) == "400 TopicDisallowed")
    }

    @Test func oneOfTheOtherEnvironmentIsRefused() throws {
        var client = client(.init(topics: ["com.example.cert"], environments: ["sandbox"]))
        #expect(client.reason(try request(topic: nil)) == "403 BadCertificateEnvironment")
    }
}
