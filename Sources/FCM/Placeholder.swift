// The wire format of FCM.
