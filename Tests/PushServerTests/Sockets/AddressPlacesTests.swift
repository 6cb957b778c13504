import Testing

@testable import PushServer

@Suite struct AddressPlacesTests {
    private let one = ClientAddress("192.0.2.1") ?? .none
    private let other = ClientAddress("192.0.2.2") ?? .none

    @Test func anAddressHasAsManyPlacesAsTheLimitSays() {
        let places = AddressPlaces(limit: 2)
        let first = places.take(one), second = places.take(one)
        #expect(first != nil && second != nil && places.take(one) == nil)
        #expect(places.take(other) != nil, "that is another one's matter")
        withExtendedLifetime((first, second)) {}
    }

    @Test func aPlaceIsFreeAgainWhenItsConnectionIsOver() {
        let places = AddressPlaces(limit: 1)
        do {
            let place = places.take(one)
            #expect(place != nil && places.take(one) == nil)
            withExtendedLifetime(place) {}
        }
        #expect(places.take(one) != nil)
    }

    @Test func aConnectionThatIsOverFreesItsOwnPlaceOnly() {
        let places = AddressPlaces(limit: 2)
        let staying = places.take(one)
        do { withExtendedLifetime(places.take(one)) {} }
        let next = places.take(one)
        #expect(next != nil && places.take(one) == nil)
        withExtendedLifetime((staying, next)) {}
    }

    /// Whoever has an IPv6 network has 2⁶⁴ addresses.
    @Test func aNetworkOfVersion6IsOneParty() throws {
        let places = AddressPlaces(limit: 1)
        let place = places.take(try #require(ClientAddress("2001:db8::1")))
        #expect(places.take(try #require(ClientAddress("2001:db8::2"))) == nil)
        withExtendedLifetime(place) {}
    }

    @Test func withoutALimitNobodyIsCounted() {
        let places = AddressPlaces(limit: 0)
        let taken = (0..<10).map { _ in places.take(one) }
        #expect(taken.allSatisfy { $0 != nil })
    }
}
