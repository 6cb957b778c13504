import PushStorage
import Synchronization

/// The stocks of this node: how much keys and addresses may still ask.
final class RequestLimits: Sendable {
    typealias Instant = ContinuousClock.Instant

    private struct KeyHolder: Hashable {
        let key: String
        let party: ClientAddress
    }

    let trustedProxies: [AddressBlock]
    private let addresses: Stocks<ClientAddress>?
    private let guesses: Stocks<ClientAddress>?
    private let registering: Stocks<KeyHolder>?
    private let keys: Stocks<String>?

    init(_ settings: LimitSettings) {
        trustedProxies = settings.trustedProxies
        addresses = Stocks(
            "address", Double(settings.addressRequestsPerSecond), settings.addressBurstRequests, settings.addresses)
        registering = Stocks(
            "register", Double(settings.registerRequestsPerSecond), settings.registerBurstRequests, settings.addresses)
        keys = Stocks("key", Double(settings.keyRequestsPerSecond), settings.keyBurstRequests, settings.addresses)
        guesses = Stocks(
            "failed-keys", Double(settings.failedKeysPerMinute) / 60, settings.failedKeysPerMinute, settings.addresses)
    }

    /// What an address may ask, whoever it is; nil where that has no limit.
    func request(from address: ClientAddress, now: Instant) -> RateVerdict? {
        addresses?.take(address.party, now: now)
    }

    /// What may be asked with this key from there. The list ends with the limit that refuses, if one does.
    func request(with key: APIKey, from address: ClientAddress, now: Instant) -> [RateVerdict] {
        var verdicts: [RateVerdict] = []
        // First the party's own: one that asks too much takes nothing from the others with the same key.
        if key.scope == .register, let registering {
            verdicts.append(registering.take(KeyHolder(key: key.id, party: address.party), now: now))
        }
        if verdicts.allSatisfy({ $0.wait == nil }), let keys { verdicts.append(keys.take(key.id, now: now)) }
        return verdicts
    }

    /// What an address may register without a key, where a door is open; nil where that has no limit.
    func request(through door: String, from address: ClientAddress, now: Instant) -> RateVerdict? {
        registering?.take(KeyHolder(key: door, party: address.party), now: now)
    }

    /// Whether an address may try a key that isn't known yet. If it turns out to be one, ``guessedRight(from:)`` takes that back.
    func guess(from address: ClientAddress, now: Instant) -> RateVerdict? {
        guesses?.take(address.party, now: now)
    }

    func guessedRight(from address: ClientAddress) { guesses?.giveBack(address.party) }
}
