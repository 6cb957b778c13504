import FCM
import HTTPTransport
import PushSender
import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A push for the devices of Firebase projects.
struct PreparedFCM: PreparedPush {
    let push: Push
    let lane: Lane
    let payload: FCMPayload
    let credentials: CredentialTable<FCMCredential>
    let transport: any Transport
    let attemptDeadline: Duration

    func suits(_ token: Token) -> Bool { payload.notification.isMeant(for: .fcm) }

    func attempt(
        _ recipients: [Recipient], now: Date, report: @escaping @Sendable (_ index: Int, _ outcome: Outcome) -> Void
    ) async {
        let body: FCMRequestBody
        do throws(FCMError) {
            body = try self.body(now: now)
        } catch {
            return recipients.indices.forEach { report($0, .rejected(reason: error.description)) }
        }
        let page = Page(recipients: recipients, body: body, now: now, deadline: .now + attemptDeadline, report: report)
        let groups = Dictionary(grouping: recipients.indices) { recipients[$0].token.appIdentifier }
        await withDiscardingTaskGroup { tasks in
            for (project, members) in groups { tasks.addTask { await send(page, to: members, of: project) } }
        }
    }

    private func body(now: Date) throws(FCMError) -> FCMRequestBody {
        try payload.body(
            ttlSeconds: min(push.remainingTTL(at: now).seconds, FCMLimits.ttlSeconds),
            expiresAt: push.policy.ttl.seconds > 0 ? push.expiresAt : nil)
    }

    /// What an attempt is about.
    private struct Page: Sendable {
        let recipients: [Recipient]
        let body: FCMRequestBody
        let now: Date
        let deadline: ContinuousClock.Instant
        let report: @Sendable (Int, Outcome) -> Void
    }

    private func send(_ page: Page, to members: [Int], of project: String) async {
        guard let credential = credentials.credential(for: lane, appIdentifier: project) else {
            return members.forEach { page.report($0, .unauthorized(problem: Self.missing(project))) }
        }
        switch await credential.access.token(over: transport, now: page.now) {
        case .failure(let refusal):
            let outcome = RenewableToken.outcome(of: refusal)
            members.forEach { page.report($0, outcome) }
        case .success(let token):
            await send(page, to: members, with: credential, token)
        }
    }

    private func send(
        _ page: Page, to members: [Int], with credential: FCMCredential, _ token: AccessTokenCache.AccessToken
    ) async {
        let template = TransportRequest(url: credential.url, headers: FCMRequest.headers(accessToken: token.value), body: [])
        var requests: [TransportRequest] = []
        var sent: [Int] = []
        requests.reserveCapacity(members.count)
        sent.reserveCapacity(members.count)
        for member in members {
            do throws(FCMError) {
                var request = template
                request.body = try page.body.bytes(to: Self.target(page.recipients[member].token))
                requests.append(request)
                sent.append(member)
            } catch {
                page.report(member, .rejected(reason: error.description))
            }
        }
        await transport.send(requests, within: page.deadline - .now) { [sent] index, reply in
            page.report(sent[index], Self.outcome(of: reply, credential.access, token, page.now))
        }
    }

    private static func target(_ token: Token) throws(FCMError) -> FCMTarget {
        switch token.kind {
        case "fid": .fid(token.address)
        case RawToken.topicKind: .topic(try FCMTopic(token.address))
        case RawToken.conditionKind: .condition(try FCMCondition(token.address))
        default: .token(token.address)
        }
    }

    private static func outcome(
        of reply: Result<TransportReply, TransportError>, _ access: RenewableToken, _ token: AccessTokenCache.AccessToken, _ now: Date
    ) -> Outcome {
        switch reply {
        case .failure(let error): return FCMOutcome.read(error)
        case .success(let reply):
            switch FCMOutcome.read(reply, now: now) {
            case .accessTokenRefused(let reason): return access.outcome(ofRefused: token, reason: reason)
            case .outcome(let outcome):
                if reply.status == 200 { access.worked() }
                return outcome
            }
        }
    }

    private static func missing(_ project: String) -> String {
        let named = project.isEmpty ? "" : " for project \(project)"
        return "the App has no FCM credentials\(named); set them with PUT /v1/apps/{app}/providers/fcm"
    }
}
