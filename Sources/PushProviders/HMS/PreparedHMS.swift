import HMS
import HTTPTransport
import PushSender
import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A push for Huawei's devices: the tokens of a page that need the same request share it.
struct PreparedHMS: PreparedPush {
    let push: Push
    let lane: Lane
    let payload: HMSPayload
    let credentials: CredentialTable<HMSCredential>
    let transport: any Transport
    let attemptDeadline: Duration

    /// Who can be in one request.
    private struct Group: Hashable {
        let appIdentifier: String
        let isHarmony: Bool
        /// Those of devices share requests.
        let topicOrCondition: String?
        init(_ token: Token) {
            topicOrCondition = [RawToken.topicKind, RawToken.conditionKind].contains(token.kind) ? token.kind : nil
            appIdentifier = token.appIdentifier
            isHarmony = token.kind == "harmony"
        }

        func tokensPerRequest(_ payload: HMSPayload) -> Int {
            if topicOrCondition != nil { return 1 }
            return isHarmony ? payload.harmonyTokensPerRequest : HMSLimits.tokens
        }

        func target(_ addresses: [String]) -> HMSTarget {
            switch topicOrCondition {
            case RawToken.topicKind: .topic(addresses[0])
            case RawToken.conditionKind: .condition(addresses[0])
            default: .tokens(addresses)
            }
        }
    }

    func suits(_ token: Token) -> Bool { payload.suits(harmony: Group(token).isHarmony) }

    func attempt(
        _ recipients: [Recipient], now: Date, report: @escaping @Sendable (_ index: Int, _ outcome: Outcome) -> Void
    ) async {
        let groups = Dictionary(grouping: recipients.indices) { Group(recipients[$0].token) }
        await withDiscardingTaskGroup { tasks in
            for (group, members) in groups {
                tasks.addTask { await send(to: members, of: group, recipients, now: now, report: report) }
            }
        }
    }

    private func send(
        to members: [Int], of group: Group, _ recipients: [Recipient], now: Date, report: @escaping @Sendable (Int, Outcome) -> Void
    ) async {
        let deadline = ContinuousClock.now + attemptDeadline
        let way: Way
        switch await self.way(for: group, now: now) {
        case .failure(let obstacle): return members.forEach { report($0, obstacle.outcome) }
        case .success(let found): way = found
        }
        let chunks = stride(from: 0, to: members.count, by: way.tokensPerRequest).map {
            Array(members[$0..<min($0 + way.tokensPerRequest, members.count)])
        }
        let tokens = chunks.map { $0.map { recipients[$0].token.address } }
        let requests: [TransportRequest]
        do throws(HMSError) {
            requests = try tokens.map { (tokens) throws(HMSError) in
                Self.request(way.url, way.token.value, try way.body.bytes(to: group.target(tokens)), pushType: way.pushType)
            }
        } catch {
            return members.forEach { report($0, .rejected(reason: error.description)) }
        }
        await transport.send(requests, within: deadline - .now) { chunk, reply in
            let outcomes = way.outcomes(of: reply, tokens: tokens[chunk], now: now)
            for (member, outcome) in zip(chunks[chunk], outcomes) { report(member, outcome) }
        }
    }

    /// - Parameter pushType: nil for v1 and v2, which don't know it.
    static func request(_ url: String, _ accessToken: String, _ body: [UInt8], pushType: HarmonyPushType?) -> TransportRequest {
        var headers = [
            (name: "authorization", value: "Bearer \(accessToken)"), (name: "content-type", value: "application/json; charset=UTF-8"),
        ]
        if let pushType { headers.append((name: "push-type", value: String(pushType.rawValue))) }
        // The answer to a thousand tokens may list them all.
        return TransportRequest(url: url, headers: headers, body: body, replyLimitBytes: 512 * 1024)
    }

    private struct Obstacle: Error { let outcome: Outcome }

    /// Everything that is the same for all tokens of a group.
    private func way(for group: Group, now: Date) async -> Result<Way, Obstacle> {
        guard let credential = credentials.credential(for: lane, appIdentifier: group.appIdentifier) else {
            return .failure(Obstacle(outcome: .unauthorized(problem: Self.missing("credentials", for: group.appIdentifier))))
        }
        guard let url = group.isHarmony ? credential.harmonyURL : credential.coreURL,
            let access = group.isHarmony ? credential.harmonyAccess : credential.coreAccess
        else {
            return .failure(
                Obstacle(
                    outcome: .unauthorized(problem: Self.missing("service account, which HarmonyOS 5 needs,", for: group.appIdentifier))))
        }
        let ttlSeconds = min(max(1, push.remainingTTL(at: now).seconds), HMSLimits.ttlSeconds)
        do throws(HMSError) {
            let body = try group.isHarmony ? payload.harmony(ttlSeconds: ttlSeconds) : payload.core(ttlSeconds: ttlSeconds)
            switch await access.token(over: transport, now: now) {
            case .failure(let refusal): return .failure(Obstacle(outcome: RenewableToken.outcome(of: refusal)))
            case .success(let token):
                return .success(
                    Way(
                        url: url, access: access, token: token, body: body, pushType: group.isHarmony ? payload.pushType : nil,
                        tokensPerRequest: group.tokensPerRequest(payload)))
            }
        } catch {
            return .failure(Obstacle(outcome: .rejected(reason: error.description)))
        }
    }

    private static func missing(_ what: String, for appIdentifier: String) -> String {
        """
        the App has no HMS \(what) for \(appIdentifier.isEmpty ? "any project" : "project \(appIdentifier)"); set them with PUT \
        /v1/apps/{app}/providers/hms
        """
    }
}

/// How a group of tokens is reached.
private struct Way: Sendable {
    let url: String
    let access: RenewableToken
    let token: RenewableToken.AccessToken
    let body: HMSRequestBody
    let pushType: HarmonyPushType?
    let tokensPerRequest: Int

    func outcomes(of reply: Result<TransportReply, TransportError>, tokens: [String], now: Date) -> [Outcome] {
        switch reply {
        case .failure(let error):
            return tokens.map { _ in HMSOutcome.read(error) }
        case .success(let reply):
            switch HMSOutcome.read(reply, tokens: tokens, isHarmony: pushType != nil, now: now) {
            case .accessTokenRefused(let reason):
                let outcome = access.outcome(ofRefused: token, reason: reason)
                return tokens.map { _ in outcome }
            case .each(let outcomes):
                if reply.status == 200 { access.worked() }
                return outcomes
            }
        }
    }
}
