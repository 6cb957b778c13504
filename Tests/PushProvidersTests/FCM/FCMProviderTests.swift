import Foundation
import HTTPTransport
import JSON
import PushSender
import Synchronization
import Testing
import WebPush

@testable import PushProviders

@Suite struct FCMProviderTests {
    private let now = FCMSamples.now

    @Test func aPageIsARequestPerDeviceWithOneAccessToken() async throws {
        let transport = FCMSamples.transport()
        let prepared = try FCMSamples.prepared(over: transport)
        for _ in 0..<2 {
            let outcomes = await prepared.outcomes([Token(address: "a"), Token(address: "b", kind: "fid")], now: now)
            #expect(outcomes == Array(repeating: .accepted(id: "projects/p-1/messages/1"), count: 2))
        }
        let sent = transport.requests(to: "messages:send")
        #expect(sent.count == 4 && transport.requests(to: "/token").count == 1)
        #expect(sent.allSatisfy { $0.method == "POST" && $0.url == "https://fcm.googleapis.com/v1/projects/p-1/messages:send" })
        #expect(sent.allSatisfy { $0.value(of: "authorization") == "Bearer token1" })
        for target in [#"{"message":{"token":"a","#, #"{"message":{"fid":"b","#] {
            #expect(sent.count { $0.text.hasPrefix(target) } == 2)
        }
    }

    @Test func aTopicAndAConditionAreTargetsOfTheirOwn() async throws {
        let transport = FCMSamples.transport(), condition = "'a' in topics && 'b' in topics"
        let tokens = [
            Token(address: "/topics/news", kind: RawToken.topicKind), Token(address: condition, kind: RawToken.conditionKind),
            Token(address: "no topic", kind: RawToken.topicKind),
        ]
        let outcomes = try await FCMSamples.prepared(over: transport).outcomes(tokens, now: now)
        let accepted = Outcome.accepted(id: "projects/p-1/messages/1")
        #expect(outcomes.prefix(2) == [accepted, accepted])
        guard case .rejected = outcomes[2] else { return #expect(Bool(false), "a name that is none: \(outcomes)") }
        let sent = transport.requests(to: "messages:send").map(\.text)
        #expect(sent.count == 2 && sent.contains { $0.hasPrefix(#"{"message":{"topic":"news","#) })
        #expect(sent.contains { $0.hasPrefix(#"{"message":{"condition":"'a' in topics && 'b' in topics","#) })
    }

    @Test func aRawMessageMayOnlyBeChecked() async throws {
        let transport = FCMSamples.transport()
        var notification = PushSender.Notification()
        notification.fcm = FCMSection(message: #"{"data":{"k":"v"}}"#, validateOnly: true)
        _ = try await FCMSamples.prepared(over: transport, notification).outcomes([Token(address: "a")], now: now)
        #expect(transport.requests(to: "messages:send").map(\.text) == [#"{"validate_only":true,"message":{"token":"a","data":{"k":"v"}}}"#])
    }

    @Test func pagesInTheAirShareOneAccessToken() async throws {
        let transport = FCMSamples.transport()
        let (credential, now) = (FCMSamples.credential(), now)
        let table = CredentialTable<FCMCredential>()
        table.set([try FCMCredential(credential, now: now)], for: .default)
        let provider = FCMProvider(credentials: table, transport: transport)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask {
                    let push = Push.sample(Notification(title: "\(number)"))
                    let prepared = provider.prepare(push, lane: Lane(app: .default, provider: .fcm))
                    #expect(await prepared.outcomes([Token(address: "a")], now: now) == [.accepted(id: "projects/p-1/messages/1")])
                }
            }
        }
        #expect(transport.requests(to: "messages:send").count == 20 && transport.requests(to: "/token").count == 1)
    }

    @Test func eachDeviceGetsItsOwnOutcome() async throws {
        let transport = FCMSamples.transport { request in
            if request.text.contains(#""token":"dead""#) { return FCMSamples.refused(404, code: "UNREGISTERED") }
            if request.text.contains(#""token":"busy""#) { return FCMSamples.refused(429, code: "QUOTA_EXCEEDED") }
            return FCMSamples.accepted
        }
        let tokens = ["good", "dead", "", "busy", "fine"].map { Token(address: $0) }
        let outcomes = try await FCMSamples.prepared(over: transport).outcomes(tokens, now: now)
        let accepted = Outcome.accepted(id: "projects/p-1/messages/1")
        let throttled = Outcome.throttled(until: now.addingTimeInterval(60))
        #expect(outcomes == [accepted, .unregistered(since: nil), .rejected(reason: "token: it is empty"), throttled, accepted])
    }

    @Test func aRefusedAccessTokenIsRenewedOnceAndThenSomebodyHasToLook() async throws {
        let transport = FCMSamples.transport { _ in FCMSamples.refused(401, code: nil) }
        let prepared = try FCMSamples.prepared(over: transport)
        let first = await prepared.outcomes([Token(address: "a"), Token(address: "b")], now: now)
        #expect(first.allSatisfy { if case .unavailable(until: nil, _) = $0 { true } else { false } }, "\(first)")
        let second = await prepared.outcomes([Token(address: "a")], now: now)
        #expect(second.allSatisfy { if case .unauthorized = $0 { true } else { false } }, "\(second)")
        #expect(transport.requests(to: "messages:send").map { $0.value(of: "authorization") }.suffix(2) == ["Bearer token1", "Bearer token2"])
    }

    @Test func anAccessTokenThatIsTakenAgainEndsTheStory() async throws {
        let isRefusing = Atomic(true)
        let transport = FCMSamples.transport { _ in
            isRefusing.load(ordering: .relaxed) ? FCMSamples.refused(401, code: nil) : FCMSamples.accepted
        }
        let prepared = try FCMSamples.prepared(over: transport)
        for isRefused in [true, false, true] {
            isRefusing.store(isRefused, ordering: .relaxed)
            let outcome = await prepared.outcomes([Token(address: "a")], now: now)[0]
            if isRefused, case .unavailable = outcome { continue }
            #expect(!isRefused && outcome == .accepted(id: "projects/p-1/messages/1"), "\(String(describing: outcome))")
        }
    }

    @Test func applesRefusalOfTheProjectsKeySaysNothingOfOurAccessToken() async throws {
        let transport = FCMSamples.transport { _ in FCMSamples.refused(401, code: "THIRD_PARTY_AUTH_ERROR") }
        let prepared = try FCMSamples.prepared(over: transport)
        for _ in 0..<2 {
            let outcome = await prepared.outcomes([Token(address: "a")], now: now)[0]
            #expect({ if case .rejected = outcome { true } else { false } }(), "the lane goes on: \(String(describing: outcome))")
        }
        #expect(transport.requests(to: "/token").count == 1)
    }

    @Test(arguments: [
        (TransportReply.json(#"{"error":"invalid_grant"}"#, status: 400), "unauthorized"), (.json("", status: 503), "unavailable"),
    ])
    func withoutAnAccessTokenNothingIsSent(_ reply: TransportReply, _ expected: String) async throws {
        let transport = AnsweringTransport { _ in .success(reply) }
        let outcomes = try await FCMSamples.prepared(over: transport).outcomes([Token(address: "a"), Token(address: "b")], now: now)
        #expect(outcomes.allSatisfy { "\(String(describing: $0))".contains(expected) }, "\(outcomes)")
        #expect(transport.requests(to: "messages:send").isEmpty && transport.requests.count == 1)
    }

    @Test func silenceIsTrouble() async throws {
        let transport = AnsweringTransport { request in
            request.url.hasSuffix("/token") ? .success(FCMSamples.granted()) : .failure(TransportError(.timedOut, "no answer"))
        }
        let outcomes = try await FCMSamples.prepared(over: transport).outcomes([Token(address: "a")], now: now)
        #expect(outcomes == [.unavailable(until: nil, reason: "no answer")])
    }

    @Test func withoutCredentialsTheOperatorIsTold() async throws {
        let prepared = try FCMSamples.prepared(over: FCMSamples.transport(), credentials: [])
        guard case .unauthorized(let problem) = await prepared.outcomes([Token(address: "a")], now: now)[0] else {
            Issue.record("it was not unauthorized")
            return
        }
        #expect(problem.contains("PUT /v1/apps/{app}/providers/fcm"))
    }

    @Test func aDeviceOfAnotherProjectGoesToThatProject() async throws {
        let transport = FCMSamples.transport()
        let prepared = try FCMSamples.prepared(
            over: transport, credentials: [FCMSamples.credential(), FCMSamples.credential(["project_id": .string("p-2")])])
        let tokens = [Token(address: "a", appIdentifier: "p-2"), Token(address: "b"), Token(address: "c", appIdentifier: "p-3")]
        let outcomes = await prepared.outcomes(tokens, now: now)
        #expect(outcomes.prefix(2).allSatisfy { $0 == .accepted(id: "projects/p-1/messages/1") })
        #expect({ if case .unauthorized = outcomes[2] { true } else { false } }(), "nobody has credentials for p-3")
        let sent = transport.requests(to: "messages:send").map { "\($0.url.split(separator: "/")[4]) \($0.text.prefix(24))" }
        #expect(Set(sent) == [#"p-2 {"message":{"token":"a","#, #"p-1 {"message":{"token":"b","#])
    }

    @Test func changedCredentialsAreInForceAtOnce() async throws {
        let transport = FCMSamples.transport()
        let table = CredentialTable<FCMCredential>()
        let prepared = FCMProvider(credentials: table, transport: transport)
            .prepare(.sample(Notification(title: "T")), lane: Lane(app: .default, provider: .fcm))
        for project in ["p-1", "p-2"] {
            table.set([try FCMCredential(FCMSamples.credential(["project_id": .string(project)]), now: now)], for: .default)
            _ = await prepared.outcomes([Token(address: "a")], now: now)
        }
        #expect(transport.requests(to: "messages:send").map { $0.url.split(separator: "/")[4] } == ["p-1", "p-2"])
    }
}
