import Synchronization

/// How many connections each address has.
final class AddressPlaces: Sendable {
    private let limit: Int
    private let taken = Mutex<[ClientAddress: Int]>([:])

    /// - Parameter limit: for one address; zero for no limit, and then nothing is counted.
    init(limit: Int) { self.limit = limit }

    /// - Returns: a place, as long as it is kept; nil when there are as many as there may be.
    func take(_ address: ClientAddress) -> AddressPlace? {
        guard limit > 0 else { return .unlimited }
        let party = address.party
        let isFree = taken.withLock { taken in
            guard taken[party, default: 0] < limit else { return false }
            taken[party, default: 0] += 1
            return true
        }
        return isFree ? AddressPlace(of: party, in: self) : nil
    }

    fileprivate func giveBack(_ party: ClientAddress) {
        taken.withLock { taken in
            guard let count = taken[party] else { return }
            taken[party] = count > 1 ? count - 1 : nil
        }
    }
}

/// A connection's right to be there; it ends with it.
final class AddressPlace: Sendable {
    private let party: ClientAddress
    private let places: AddressPlaces?

    fileprivate init(of party: ClientAddress, in places: AddressPlaces?) {
        self.party = party
        self.places = places
    }

    /// One for all, where nobody counts.
    fileprivate static let unlimited = AddressPlace(of: .none, in: nil)

    deinit { places?.giveBack(party) }
}
