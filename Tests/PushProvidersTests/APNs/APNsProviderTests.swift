import Foundation
import HTTPTransport
import JSON
import PushSender
import Testing
import WebPush

@testable import PushProviders

@Suite struct APNsProviderTests {
    private typealias Note = PushSender.Notification
    private let now = APNsSamples.now

    private func refusal(_ status: Int, _ reason: String, timestamp: Int? = nil) -> Result<TransportReply, TransportError> {
        .success(.json(#"{"reason":"\#(reason)"\#(timestamp.map { ",\"timestamp\":\($0)" } ?? "")}"#, status: status))
    }

    private func attempt(
        _ credentials: CredentialTable<APNsCredential>, _ transport: any Transport, _ tokens: [Token] = [APNsSamples.token()],
        _ push: Push = .sample(Note(title: "T")), lane: Lane = APNsSamples.lane, at now: Date = APNsSamples.now,
        deadline: Duration = .seconds(600)
    ) async -> [Outcome?] {
        await APNsProvider(credentials: credentials, transport: transport, attemptDeadline: deadline)
            .prepare(push, lane: lane).outcomes(tokens, now: now)
    }

    private func isSandbox(_ request: TransportRequest) -> Bool { request.url.hasPrefix("https://api.sandbox.push.apple.com/") }

    // MARK: What goes out

    @Test func aPageIsOneRequestForEachDevice() async throws {
        let transport = AnsweringTransport { request in
            .success(TransportReply(status: 200, headers: [("apns-id", request.value(of: "apns-id") ?? "")]))
        }
        let addresses = ["aa01", "AA02", "aa03"]
        let push = Push.sample(Note(title: "T"), policy: PushPolicy(ttl: TTL(seconds: 60), urgency: .low, collapseKey: "k"))
        let outcomes = await attempt(APNsSamples.table(try APNsSamples.credential()), transport, addresses.map { APNsSamples.token($0) }, push)
        let requests = transport.requests.sorted { $0.url < $1.url }
        #expect(requests.map(\.url) == ["aa01", "aa02", "aa03"].map { "https://api.push.apple.com/3/device/\($0)" })
        for request in requests {
            #expect(request.method == "POST" && request.headers.map(\.name).count == Set(request.headers.map(\.name)).count)
            #expect(request.value(of: "apns-topic") == "com.example.app" && request.value(of: "apns-push-type") == "alert")
            #expect(request.value(of: "apns-expiration") == "1800000060" && request.value(of: "apns-priority") == "5")
            #expect(request.value(of: "apns-collapse-id") == "k")
            #expect(request.value(of: "authorization")?.hasPrefix("bearer ey") == true)
            #expect(request.group.startsWithOneStream && request.group.identity == nil)
            #expect(request.text.hasPrefix(#"{"aps":{"alert":{"title":"T"}}"#))
        }
        let ids = requests.compactMap { $0.value(of: "apns-id") }
        #expect(Set(ids).count == 3)
        #expect(outcomes == ids.map { .accepted(id: $0) })
    }

    @Test func aPushMayBringItsOwnID() async throws {
        let transport = AnsweringTransport(status: 200), table = APNsSamples.table(try APNsSamples.credential())
        var note = Note(title: "T")
        note.apns = APNsSection()
        note.apns?.id = "123E4567-E89B-12D3-A456-426655440000"
        _ = await attempt(table, transport, [APNsSamples.token("aa01"), APNsSamples.token("aa02")], .sample(note))
        #expect(transport.requests.map { $0.value(of: "apns-id") } == Array(repeating: "123e4567-e89b-12d3-a456-426655440000", count: 2))
        note.apns?.id = "mine"
        let problem = APNsProvider(credentials: table, transport: transport).problem(with: note, policy: PushPolicy())
        #expect(problem?.field == "notification.apns.id")
    }

    @Test func aRepeatCarriesTheSameID() async throws {
        let transport = AnsweringTransport(status: 200), table = APNsSamples.table(try APNsSamples.credential())
        _ = await attempt(table, transport)
        _ = await attempt(table, transport, at: now.addingTimeInterval(60))
        let ids = Set(transport.requests.map { $0.value(of: "apns-id") })
        let id = try #require(ids.first ?? nil)
        #expect(ids.count == 1)
        #expect(UUID(uuidString: id) != nil && id == id.lowercased() && id.dropFirst(14).first == "8")
    }

    @Test func aPushWithoutATTLIsNeverStored() async throws {
        let transport = AnsweringTransport(status: 200)
        let push = Push.sample(Note(title: "T"), policy: PushPolicy(ttl: TTL(seconds: 0)))
        _ = await attempt(APNsSamples.table(try APNsSamples.credential()), transport, push: push)
        #expect(transport.requests.first?.value(of: "apns-expiration") == "0")
    }

    private func attempt(_ credentials: CredentialTable<APNsCredential>, _ transport: any Transport, push: Push) async -> [Outcome?] {
        await attempt(credentials, transport, [APNsSamples.token()], push)
    }

    @Test func anAppMayHaveSeveralBundleIDs() async throws {
        let transport = AnsweringTransport(status: 200)
        let table = APNsSamples.table(try APNsSamples.credential(), try APNsSamples.credential(["bundle_id": .string("com.example.pro")]))
        let outcomes = await attempt(
            table, transport, [APNsSamples.token("aa"), APNsSamples.token("bb", app: "com.example.pro"), APNsSamples.token("cc", app: "com.none")])
        #expect(transport.requests(to: "/aa").first?.value(of: "apns-topic") == "com.example.app")
        #expect(transport.requests(to: "/bb").first?.value(of: "apns-topic") == "com.example.pro")
        let problem = try #require(outcomes[2]?.problem)
        #expect(problem.contains("com.none") && problem.contains("PUT /v1/apps/{app}/providers/apns"))
    }

    @Test func endpointsStandInForApples() async throws {
        let transport = AnsweringTransport(status: 200)
        let one = APNsSamples.table(try APNsSamples.credential(["endpoint": .string("http://localhost:2197")]))
        let sandbox = Lane(app: .default, provider: .apns, environment: .sandbox)
        _ = await attempt(one, transport)
        _ = await attempt(one, transport, lane: sandbox)
        #expect(transport.requests(to: "http://localhost:2197/3/device/").count == 2)
        let two = APNsSamples.table(
            try APNsSamples.credential(["endpoint": .string("https://a.example"), "sandbox_endpoint": .string("https://b.example")]))
        _ = await attempt(two, transport, lane: sandbox)
        #expect(transport.requests(to: "https://b.example/3/device/").count == 1)
    }

    @Test func aTokenThatIsNoneIsNotSent() async throws {
        let transport = AnsweringTransport(status: 200)
        let outcomes = await attempt(
            APNsSamples.table(try APNsSamples.credential()), transport, [APNsSamples.token("not hex"), APNsSamples.token("aa")])
        #expect(transport.requests.count == 1 && outcomes[1] == .accepted(id: nil))
        #expect(outcomes[0]?.rejection != nil)
    }

    @Test func everyKindGetsItsOwnPushesOnly() throws {
        func suits(_ section: APNsSection?, _ kind: String) -> Bool {
            var note = Note(title: section == nil ? "T" : nil)
            note.apns = section
            let provider = APNsProvider(credentials: APNsSamples.table(), transport: AnsweringTransport(status: 200))
            return provider.prepare(.sample(note), lane: APNsSamples.lane).suits(APNsSamples.token(kind: kind))
        }
        let voip = APNsSection(payload: "{}", pushType: "voip")
        let activity = APNsSection(payload: #"{"aps":{"event":"end","timestamp":1}}"#)
        #expect(suits(nil, "") && !suits(nil, "voip") && !suits(nil, "liveactivity"))
        #expect(suits(APNsSection(payload: #"{"aps":{"content-available":1}}"#), ""))
        #expect(suits(voip, "voip") && !suits(voip, "") && !suits(voip, "pushtotalk"))
        #expect(suits(activity, "liveactivity") && !suits(activity, ""))
    }

    // MARK: Connections

    @Test func connectionsAreForAnEnvironmentATeamAndAKey() async throws {
        let transport = AnsweringTransport(status: 200)
        func group(_ changes: [String: JSONValue?], _ environment: ProviderEnvironment = .production) async throws -> ConnectionGroup? {
            let lane = Lane(app: .default, provider: .apns, environment: environment)
            _ = await attempt(APNsSamples.table(try APNsSamples.credential(changes)), transport, lane: lane)
            return transport.requests.last?.group
        }
        let first = try await group([:])
        #expect(try await group(["bundle_id": .string("com.example.pro")]) == first)
        #expect(try await group(["team_id": .string("TEAM000000")]) != first)
        #expect(try await group(["key_id": .string("KEY0000000")]) != first)
        #expect(try await group([:], .sandbox) != first)
    }

    @Test func aCertificateSpeaksOnItsOwnConnection() async throws {
        let certified = try APNsSamples.certified()
        let credential = try APNsCredential(.object(certified.fields), now: now)
        let transport = AnsweringTransport(status: 200)
        _ = await attempt(APNsSamples.table(credential), transport)
        let request = try #require(transport.requests.first)
        #expect(request.value(of: "authorization") == nil && request.value(of: "apns-topic") == "com.example.app")
        #expect(!request.group.startsWithOneStream)
        #expect(request.group.identity == TLSIdentity(certificateChainPEM: certified.certificate, privateKeyPEM: certified.privateKey))
    }

    @Test func aCertificateThatExpiredMeanwhileIsNamed() async throws {
        let credential = try APNsCredential(.object(try APNsSamples.certified().fields), now: now)
        let transport = AnsweringTransport(status: 200)
        let outcomes = await attempt(APNsSamples.table(credential), transport, at: now.addingTimeInterval(366 * 86_400))
        #expect(transport.requests.isEmpty)
        #expect(outcomes[0]?.problem?.contains("2028-01-15") == true)
    }

    @Test func whatNeedsAKeyIsNotSentWithACertificate() async throws {
        var note = Note()
        note.apns = APNsSection(payload: #"{"aps":{"event":"end","timestamp":1}}"#)
        let credential = try APNsCredential(.object(try APNsSamples.certified().fields), now: now)
        let transport = AnsweringTransport(status: 200)
        let outcomes = await attempt(APNsSamples.table(credential), transport, [APNsSamples.token(kind: "liveactivity")], .sample(note))
        #expect(outcomes[0]?.rejection?.contains(".p8") == true && transport.requests.isEmpty)
    }

    // MARK: The provider token

    @Test func oneTokenServesEveryAppOfAKey() async throws {
        let transport = AnsweringTransport(status: 200)
        let fields = APNsSamples.keyFields()
        func authorization(_ fields: JSONValue, minutes: Double) async throws -> String? {
            let moment = now.addingTimeInterval(minutes * 60)
            _ = await attempt(APNsSamples.table(try APNsCredential(fields, now: moment)), transport, at: moment)
            return transport.requests.last?.value(of: "authorization")
        }
        guard case .object(var other) = fields else { return }
        other["bundle_id"] = .string("com.example.pro")
        let first = try await authorization(fields, minutes: 0)
        #expect(try await authorization(.object(other), minutes: 1) == first)
        #expect(try await authorization(fields, minutes: 49) == first, "set again")
        #expect(try await authorization(fields, minutes: 50) != first)
        #expect(try await authorization(APNsSamples.keyFields(), minutes: 1) != first, "another file under the same id")
    }

    @Test func anExpiredTokenIsRenewedOnce() async throws {
        let table = APNsSamples.table(try APNsSamples.credential())
        let refusing = AnsweringTransport { _ in self.refusal(403, "ExpiredProviderToken") }
        _ = await attempt(table, AnsweringTransport(status: 200))
        let later = now.addingTimeInterval(1800)
        let tokens = (0..<3).map { APNsSamples.token("a\($0)") }
        for outcome in await attempt(table, refusing, tokens, at: later) {
            #expect(outcome?.mayBeRepeatedAtOnce == true)
        }
        for outcome in await attempt(table, refusing, tokens, at: later.addingTimeInterval(60)) {
            #expect(outcome?.problem?.contains("clock") == true)
        }
        let authorizations = refusing.requests.map { $0.value(of: "authorization") }
        #expect(Set(authorizations).count == 2 && Set(authorizations.prefix(3)).count == 1, "no third within 20 minutes")
    }

    @Test func tooManyTokensMeanBackToTheOlder() async throws {
        let table = APNsSamples.table(try APNsSamples.credential())
        let first = AnsweringTransport(status: 200), last = AnsweringTransport(status: 200)
        _ = await attempt(table, first)
        let later = now.addingTimeInterval(51 * 60)
        let outcomes = await attempt(table, AnsweringTransport { _ in self.refusal(429, "TooManyProviderTokenUpdates") }, at: later)
        #expect(outcomes == [.throttled(until: later.addingTimeInterval(60))])
        _ = await attempt(table, last, at: later.addingTimeInterval(60))
        #expect(last.requests.first?.value(of: "authorization") == first.requests.first?.value(of: "authorization"))
    }

    @Test func aConnectionOfAnotherKeyIsLeft() async throws {
        let table = APNsSamples.table(try APNsSamples.credential())
        let transport = AnsweringTransport { _ in self.refusal(403, "UnrelatedKeyIdInToken") }
        for minute in [0.0, 1, 11] {
            let outcomes = await attempt(table, transport, at: now.addingTimeInterval(minute * 60))
            #expect(outcomes[0]?.mayBeRepeatedAtOnce == true)
        }
        let groups = transport.requests.map(\.group)
        #expect(groups[0] != groups[1], "a new connection")
        #expect(groups[1] == groups[2], "but not one a minute")
    }

    // MARK: Bad device tokens

    @Test func aTokenOfTheOtherEnvironmentIsFoundThere() async throws {
        let transport = AnsweringTransport { self.isSandbox($0) ? .success(TransportReply(status: 200)) : self.refusal(400, "BadDeviceToken") }
        let table = APNsSamples.table(try APNsSamples.credential())
        let outcomes = await attempt(table, transport)
        #expect(outcomes == [.replaced(token: APNsSamples.token(APNsSamples.deviceToken, .sandbox))])
        let (asked, probed) = (try #require(transport.requests.first), try #require(transport.requests.last))
        #expect(transport.requests.count == 2 && isSandbox(probed) && probed.body == asked.body)
        #expect(probed.value(of: "apns-id") == asked.value(of: "apns-id") && probed.value(of: "apns-topic") == "com.example.app")
        #expect(probed.group.id.hasSuffix("probes"), "its errors must not end a good connection")
    }

    @Test func aTokenThatNobodyKnowsIsDead() async throws {
        let transport = AnsweringTransport { _ in self.refusal(400, "BadDeviceToken") }
        let outcomes = await attempt(APNsSamples.table(try APNsSamples.credential()), transport)
        #expect(outcomes == [.unregistered(since: nil)] && transport.requests.count == 2)
    }

    @Test func withoutCredentialsForTheOtherEnvironmentNothingIsProven() async throws {
        let transport = AnsweringTransport { _ in self.refusal(400, "BadDeviceToken") }
        let outcomes = await attempt(APNsSamples.table(try APNsSamples.credential(["environment": .string("production")])), transport)
        #expect(outcomes[0]?.rejection?.contains("sandbox") == true && transport.requests.count == 1)
    }

    /// What the other environment says, and what it proves.
    @Test(arguments: [
        (400, "TopicDisallowed", "rejected"), (403, "InvalidProviderToken", "rejected"), (400, "DeviceTokenNotForTopic", "rejected"),
        (410, "Unregistered", "unregistered"), (503, "ServiceUnavailable", "unavailable"), (429, "TooManyRequests", "throttled"),
    ])
    func theOtherEnvironmentMayKnowNothing(_ status: Int, _ reason: String, _ meaning: String) async throws {
        let transport = AnsweringTransport { self.isSandbox($0) ? self.refusal(status, reason) : self.refusal(400, "BadDeviceToken") }
        let outcome = try #require(await attempt(APNsSamples.table(try APNsSamples.credential()), transport)[0])
        #expect("\(outcome)".hasPrefix(meaning))
    }

    @Test func aProbeIsForTheSameApp() async throws {
        let transport = AnsweringTransport { self.isSandbox($0) ? .success(TransportReply(status: 200)) : self.refusal(400, "BadDeviceToken") }
        let table = APNsSamples.table(
            try APNsSamples.credential(["environment": .string("production"), "bundle_id": .string("com.example.pro")]),
            try APNsSamples.credential(["environment": .string("sandbox"), "bundle_id": .string("com.example.app")]))
        #expect(await attempt(table, transport)[0]?.rejection != nil)
        #expect(transport.requests.count == 1)
    }

    @Test func aProbeNeedsTime() async throws {
        let transport = AnsweringTransport { _ in self.refusal(400, "BadDeviceToken") }
        let outcomes = await attempt(APNsSamples.table(try APNsSamples.credential()), transport, deadline: .milliseconds(100))
        #expect(outcomes[0]?.mayBeRepeatedAtOnce == true && transport.requests.count == 1)
    }

    @Test func oneBadTokenHurtsNoOther() async throws {
        let transport = AnsweringTransport { request in
            if request.url.hasSuffix("/bad0") { return self.refusal(400, "BadDeviceToken") }
            if request.url.hasSuffix("/dead") { return self.refusal(410, "Unregistered", timestamp: 1_700_000_000_000) }
            return .success(TransportReply(status: 200))
        }
        let outcomes = await attempt(
            APNsSamples.table(try APNsSamples.credential()), transport, ["aa", "bad0", "bb", "dead"].map { APNsSamples.token($0) })
        #expect(
            outcomes == [
                .accepted(id: nil), .unregistered(since: nil), .accepted(id: nil), .unregistered(since: Date(timeIntervalSince1970: 1_700_000_000)),
            ])
    }
}

extension Outcome {
    /// What somebody has to mend, if the credential is refused.
    fileprivate var problem: String? { if case .unauthorized(let problem) = self { problem } else { nil } }
    /// Why the push isn't for the device, if it isn't.
    fileprivate var rejection: String? { if case .rejected(let reason) = self { reason } else { nil } }
    fileprivate var mayBeRepeatedAtOnce: Bool { if case .unavailable(nil, _) = self { true } else { false } }
}
