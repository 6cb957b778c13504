import Foundation
import PushSender
import Testing

@Suite struct AudienceMomentTests {
    private let now = Date(timeIntervalSince1970: 1_769_850_000)

    @Test(arguments: [
        ("2026-01-31T09:00:00Z", 0.0), ("2026-01-31T10:00:00+01:00", 0), ("2026-01-31T03:30:00-05:30", 0),
        ("2026-01-31T09:00:00.25Z", 0.25), ("1m ago", -60), ("12h ago", -43_200), ("30d ago", -2_592_000), ("2w ago", -1_209_600),
        ("0d ago", 0),
    ]) func isRead(_ text: String, _ secondsFromNow: Double) {
        #expect(AudienceMoment(text)?.date(asOf: now) == now.addingTimeInterval(secondsFromNow))
    }

    @Test(arguments: [
        "", "30d", "ago", " ago", "d ago", "-1d ago", "1.5d ago", "1y ago", "123456d ago", "30d  ago", "2026-01-31", "2026-01-31T09:00:00",
        "2026-02-31T00:00:00Z", "2026-01-31T25:00:00Z", "2026-01-31T09:61:00Z", "2026-01-31T09:00:00Zjunk", "2026-1-3T9:00:00Z",
        "2026-01-31T09:00:00+0100", "2026-01-31T09:00:00+25:00", "2026-01-31T09:00:00.Z", "2026-01-31T09:00:00+1:000",
    ]) func isRefused(_ text: String) { #expect(AudienceMoment(text) == nil) }
}
