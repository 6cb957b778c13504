import Foundation
import PushSender
import PushService
import Testing

@testable import PushServer

@Suite struct ReceiptLinksTests {
    private let key = [UInt8](repeating: 7, count: 32)
    private let push = PushID(rawValue: "01890a5d-ac96-774b-bcce-b302099a8057"), device = DeviceID(rawValue: "token:0")

    @Test func aLinkLeadsBackToItsPushAndDevice() throws {
        let links = try ReceiptLinks(origin: "https://push.example", endpointKeys: [key])
        let url = try #require(links.url(push: push, device: device, provider: .fcm))
        #expect(url.hasPrefix("https://push.example/v1/receipts/") && url.utf8.count < 160)
        let token = try #require(url.split(separator: "/").last)
        #expect(links.receipt(token: token) == ReceiptToken(push: push, device: device, provider: .fcm))
        #expect(!url.contains("token:0"))
        let later = try ReceiptLinks(origin: "", endpointKeys: [[UInt8](repeating: 8, count: 32), key])
        #expect(later.receipt(token: token) != nil, "an old key still opens")
    }

    @Test func nobodyElseMakesOne() throws {
        let links = try ReceiptLinks(origin: "", endpointKeys: [key])
        let foreign = try ReceiptLinks(origin: "", endpointKeys: [[UInt8](repeating: 9, count: 32)])
        let token = try #require(links.url(push: push, device: device, provider: .fcm)?.split(separator: "/").last)
        #expect(foreign.receipt(token: token) == nil)
        for index in token.indices {
            let other: Character = token[index] == "A" ? "B" : "A"
            let forged = token.replacingCharacters(in: index...index, with: String(other))
            #expect(links.receipt(token: forged) == nil)
        }
        let endpoints = EndpointCodec(origin: "", sealer: try CapabilitySealer(keys: [key]))
        #expect(endpoints.message(token: token) == nil && links.receipt(token: "") == nil)
    }
}
