#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Which provider token to send with. Pure: what happened and when in, what to do out.
///
/// APNs takes a token for an hour, and refuses a key that makes tokens more often than every 20 minutes
/// (`429 TooManyProviderTokenUpdates`). One state per team and key, however many connections.
public struct APNsProviderTokenState: Sendable {
    public enum Action: Sendable, Hashable {
        case use(APNsProviderToken)
        /// Sign a token and hand it to ``signed(_:)``. Nobody else may ask in between.
        case sign
    }

    /// What `403 ExpiredProviderToken` means.
    public enum Expiry: Sendable, Hashable {
        /// The next one who asks gets a new token.
        case renewed
        /// The token was new. Something is wrong with our clock, and another token would be no better.
        case clockIsWrong
    }

    public static let renewalSeconds: Double = 50 * 60
    public static let minimumSeconds: Double = 20 * 60
    /// After so long APNs takes it no more.
    public static let lifetimeSeconds: Double = 60 * 60
    /// A token from further in the future was made before our clock was set back.
    private static let futureSeconds: Double = 60

    private var current: APNsProviderToken?
    /// The one before it, to go back to.
    private var previous: APNsProviderToken?
    private var mustRenew = false
    private var noRenewalBefore: Date?

    public init() {}

    /// Somebody wants to send.
    public func ask(now: Date) -> Action {
        guard let current else { return .sign }
        let age = now.timeIntervalSince(current.issuedAt)
        if age < -Self.futureSeconds { return .sign }
        if let noRenewalBefore, now < noRenewalBefore, noRenewalBefore.timeIntervalSince(now) <= Self.minimumSeconds {
            return .use(current)
        }
        if age < Self.minimumSeconds { return .use(current) }
        return mustRenew || age >= Self.renewalSeconds ? .sign : .use(current)
    }

    /// Tokens that were issued before this moment are to be renewed.
    public func goodSince(now: Date) -> Date {
        let renewal = now.addingTimeInterval(-Self.renewalSeconds)
        guard mustRenew, let current else { return renewal }
        return max(renewal, current.issuedAt.addingTimeInterval(1))
    }

    /// A new token is in force.
    public mutating func signed(_ token: APNsProviderToken) {
        guard token != current else { return }
        previous = current
        current = token
        mustRenew = false
        noRenewalBefore = nil
    }

    /// APNs answered `ExpiredProviderToken` to a request with this token.
    public mutating func expired(_ token: APNsProviderToken, now: Date) -> Expiry {
        // Many requests are refused at once; the first of them has had it renewed.
        guard token == current else { return .renewed }
        let age = now.timeIntervalSince(token.issuedAt)
        if age < -Self.futureSeconds { return .renewed }
        guard age >= Self.minimumSeconds else { return .clockIsWrong }
        mustRenew = true
        return .renewed
    }

    /// APNs answered `TooManyProviderTokenUpdates` to a request with this token: back to the one before, if it still lives, and no new one
    /// for 20 minutes.
    public mutating func tooManyUpdates(_ token: APNsProviderToken, now: Date) {
        guard token == current else { return }
        noRenewalBefore = now.addingTimeInterval(Self.minimumSeconds)
        mustRenew = false
        guard let previous, now.timeIntervalSince(previous.issuedAt) < Self.lifetimeSeconds else { return }
        current = previous
        self.previous = nil
    }
}
