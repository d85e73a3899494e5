fn main() {
    obs::event!("retry", parent = 7);
}
