import HTTPTransport
import PushSender
import WNS
import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A push for Windows' channels.
struct PreparedWNS: PreparedPush {
    let push: Push
    let lane: Lane
    let notification: Result<WNSNotification, WNSError>
    let credentials: CredentialTable<WNSCredential>
    let transport: any Transport
    let attemptDeadline: Duration

    func suits(_ token: Token) -> Bool { push.notification.wns != nil || push.notification.hasNeutralContent }

    func attempt(
        _ recipients: [Recipient], now: Date, report: @escaping @Sendable (_ index: Int, _ outcome: Outcome) -> Void
    ) async {
        let groups = Dictionary(grouping: recipients.indices) { recipients[$0].token.appIdentifier }
        await withDiscardingTaskGroup { tasks in
            for (appIdentifier, members) in groups {
                tasks.addTask { await send(to: members, of: appIdentifier, recipients, now: now, report: report) }
            }
        }
    }

    private func send(
        to members: [Int], of appIdentifier: String, _ recipients: [Recipient], now: Date,
        report: @escaping @Sendable (Int, Outcome) -> Void
    ) async {
        let deadline = ContinuousClock.now + attemptDeadline
        let way: Way
        switch await self.way(for: appIdentifier, now: now) {
        case .failure(let obstacle): return members.forEach { report($0, obstacle.outcome) }
        case .success(let found): way = found
        }
        var sent: [Int] = []
        var requests: [TransportRequest] = []
        for member in members {
            do throws(WNSError) {
                requests.append(try way.request(to: recipients[member].token))
                sent.append(member)
            } catch {
                report(member, .rejected(reason: error.message))
            }
        }
        await transport.send(requests, within: deadline - .now) { [sent] index, reply in
            report(sent[index], way.outcome(of: reply, now: now))
        }
    }

    private struct Obstacle: Error { let outcome: Outcome }

    /// Everything that is the same for all channels of an app.
    private func way(for appIdentifier: String, now: Date) async -> Result<Way, Obstacle> {
        guard case .success(let notification) = notification else {
            return .failure(Obstacle(outcome: .rejected(reason: "Windows can't take this push")))
        }
        guard let credential = credentials.credential(for: lane, appIdentifier: appIdentifier) else {
            return .failure(Obstacle(outcome: .unauthorized(problem: Self.missing(appIdentifier))))
        }
        switch await credential.access.token(over: transport, now: now) {
        case .failure(let refusal):
            return .failure(Obstacle(outcome: RenewableToken.outcome(of: refusal)))
        case .success(let token):
            let headers = Self.headers(notification, ttlSeconds: push.remainingTTL(at: now).seconds)
            return .success(
                Way(
                    credential: credential, token: token, headers: [(name: "authorization", value: "Bearer \(token.value)")] + headers,
                    payload: notification.payload))
        }
    }

    /// Windows refuses a lifetime of 0 unless told not to keep the notification.
    private static func headers(_ notification: WNSNotification, ttlSeconds: Int) -> [(name: String, value: String)] {
        var notification = notification
        notification.isCached = ttlSeconds > 0
        notification.lifetimeSeconds = ttlSeconds > 0 ? ttlSeconds : nil
        return notification.headers
    }

    private static func missing(_ appIdentifier: String) -> String {
        """
        the App has no WNS credentials for \(appIdentifier.isEmpty ? "any app" : appIdentifier); set them with PUT \
        /v1/apps/{app}/providers/wns
        """
    }
}

/// How the channels of an app are reached.
private struct Way: Sendable {
    let credential: WNSCredential
    let token: RenewableToken.AccessToken
    let headers: [(name: String, value: String)]
    let payload: [UInt8]

    /// - Throws: `channelRefused`: the access token goes to nobody but Microsoft, and whom the operator trusts.
    func request(to token: Token) throws(WNSError) -> TransportRequest {
        let channel = try WNSChannel(token.address, trustedOrigin: credential.trustedOrigin)
        return TransportRequest(url: channel.uri, headers: headers, body: payload)
    }

    func outcome(of reply: Result<TransportReply, TransportError>, now: Date) -> Outcome {
        switch reply {
        case .failure(let error):
            return WNSOutcome.read(error)
        case .success(let reply):
            switch WNSOutcome.read(reply, now: now) {
            case .accessTokenRefused(let reason):
                return credential.access.outcome(ofRefused: token, reason: reason)
            case .outcome(let outcome):
                if reply.status == 200 { credential.access.worked() }
                return outcome
            }
        }
    }
}
