import APNs
import HTTPTransport
import PushSender

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `BadDeviceToken` says that a token is dead or of the other environment: a build's entitlement decides, and devices tell wrong stories.
/// So the other environment is asked, once.
extension PreparedAPNs {
    /// - Parameter appIdentifier: of the app that the token was sent to.
    func probe(_ page: Page, _ members: [Int], of appIdentifier: String, in environment: APNsEnvironment) async {
        guard !members.isEmpty else { return }
        let other = Lane(app: lane.app, provider: lane.provider, environment: environment.lane)
        guard let credential = credentials.credential(for: other, appIdentifier: appIdentifier) else {
            return members.forEach { page.report($0, .rejected(reason: Self.unproven(environment))) }
        }
        guard page.deadline - .now > Self.probeAtLeast else {
            return members.forEach { page.report($0, .unavailable(until: nil, reason: Self.noTime)) }
        }
        do throws(APNsRoute.Obstacle) {
            let route = try APNsRoute(credential, to: credential.origins.device(environment), purpose: "probes", now: page.now)
            await send(page, to: members, over: route) { member, reply in
                page.report(member, Self.verdict(route.outcome(of: reply, now: page.now), on: page.recipients[member].token, environment))
            }
        } catch {
            members.forEach { page.report($0, .rejected(reason: Self.unproven(environment))) }
        }
    }

    /// Shorter than that and the answer would be lost.
    private static let probeAtLeast = Duration.milliseconds(500)

    /// - Parameter outcome: what the other environment said; nil when it doesn't know the token either.
    private static func verdict(_ outcome: Outcome?, on token: Token, _ environment: APNsEnvironment) -> Outcome {
        switch outcome {
        case nil: return .unregistered(since: nil)
        case .accepted:
            var token = token
            token.environment = environment.lane
            return .replaced(token: token)
        case .unregistered(let since): return .unregistered(since: since)
        // It will say more another time.
        case .unavailable(let until, let reason): return .unavailable(until: until, reason: "\(reason) (asked as the other environment)")
        case .throttled(let until): return .throttled(until: until)
        case .rejected, .unauthorized, .replaced: return .rejected(reason: unproven(environment))
        }
    }

    private static func unproven(_ environment: APNsEnvironment) -> String {
        """
        APNs answered 400 BadDeviceToken: the token is dead, or belongs to the environment \(environment.rawValue), which these \
        credentials can't ask: set credentials for it too, or register the device with its own environment
        """
    }

    private static let noTime = "APNs answered 400 BadDeviceToken, and no time was left to ask the other environment"
}
