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
            body = try payload.body(
                ttlSeconds: min(push.remainingTTL(at: now).seconds, FCMLimits.ttlSeconds),
                expiresAt: push.policy.ttl.seconds > 0 ? push.expiresAt : nil)
        } catch {
            return recipients.indices.forEach { report($0, .rejected(reason: error.description)) }
        }
        let page = Page(recipients: recipients, body: body, now: now, deadline: .now + attemptDeadline, report: report)
        let groups = Dictionary(grouping: recipients.indices) { recipients[$0].token.appIdentifier }
        await withDiscardingTaskGroup { tasks in
            for (project, members) in groups { tasks.addTask { await send(page, to: members, of: project) } }
        }
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
        let token: AccessTokenCache.AccessToken
        switch await credential.access.token(over: transport, now: page.now) {
        case .failure(let refusal):
            let outcome = RenewableToken.outcome(of: refusal)
            return members.forEach { page.report($0, outcome) }
        case .success(let found): token = found
        }
        let template = Self.request(credential.url, token.value, [])
        var requests: [TransportRequest] = []
        requests.reserveCapacity(members.count)
        do throws(FCMError) {
            for member in members {
                var request = template
                request.body = try page.body.bytes(to: Self.target(page.recipients[member].token))
                requests.append(request)
            }
        } catch {
            return members.forEach { page.report($0, .rejected(reason: error.description)) }
        }
        await transport.send(requests, within: page.deadline - .now) { index, reply in
            page.report(members[index], Self.outcome(of: reply, credential.access, token, page.now))
        }
    }

    static func request(_ url: String, _ accessToken: String, _ body: [UInt8]) -> TransportRequest {
        TransportRequest(
            url: url,
            headers: [("authorization", "Bearer \(accessToken)"), ("content-type", "application/json; charset=UTF-8")], body: body)
    }

    private static func target(_ token: Token) -> FCMTarget {
        token.kind == "fid" ? .fid(token.address) : .token(token.address)
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
