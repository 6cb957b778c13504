import Foundation
import Testing

@testable import PushServer

@Suite struct MomentTests {
    @Test func everyMillisecondComesBack() {
        for milliseconds in stride(from: 1_577_934_245_000.0, to: 1_577_934_246_000, by: 1) {
            let date = Date(timeIntervalSince1970: milliseconds / 1000)
            let text = Moment.text(date)
            #expect(text.hasSuffix(String(format: "%03dZ", Int(milliseconds) % 1000)))
            #expect(Moment.date(text).map { ($0.timeIntervalSince1970 * 1000).rounded() } == milliseconds)
        }
    }
}
