fn main() {
    obs::event!("retry", parent = obs::Carrier::tell());
}
